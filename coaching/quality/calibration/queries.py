"""What the pages of calibration list, and the figures that stand ready for them and for the pages of scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from coaching.interactions.models import Interaction
from coaching.quality.agreement import DOUBLES_TO_JUDGE
from coaching.quality.calibration.access import scorings_of, sessions_visible_to
from coaching.quality.calibration.sheets import blind_subject
from coaching.quality.models import (
    AgreementSummary,
    BlindScoring,
    CalibrationParticipant,
    CalibrationSession,
    GraderReview,
    ReviewerSeverity,
    SeveritySummary,
)
from coaching.quality.queries.lists import day_range
from coaching.quality.severity import MOST_CORRECTED, REVIEWS_TO_JUDGE
from foundation.statistics import mean_interval
from people.models import Person

GOOD, FAIR = 0.8, 0.667
FEWEST_OTHERS = 3  # other reviewers' values are shown without names only among so many: among fewer a value is a name


# --- Sessions -------------------------------------------------------------------------------------


def session_rows(sessions: QuerySet[CalibrationSession]) -> QuerySet[CalibrationSession]:
    """Sessions with what a row shows: those not closed first, then by the day to score by."""
    return (
        sessions.select_related("scorecard_version__scorecard", "facilitator")
        .annotate(
            cases=Count("items", distinct=True),
            people=Count("participants", distinct=True),
            is_closed=Q(state=CalibrationSession.State.CLOSED),
        )
        .order_by("is_closed", "-due_on", "-pk")
    )


def filter_sessions(sessions: QuerySet[CalibrationSession], wish: Mapping[str, Any]) -> QuerySet[CalibrationSession]:
    """Narrowed by the fields of SessionFilter; what is empty does not narrow."""
    if wish.get("q"):
        sessions = sessions.filter(title__icontains=wish["q"].strip())
    return sessions.filter(state=wish["state"]) if wish.get("state") else sessions


@dataclass(frozen=True)
class Progress:
    """How much one participant has submitted; nothing of what."""

    person: Person
    submitted: int
    asked: int

    @property
    def done(self) -> bool:
        return self.submitted == self.asked


def progress_of(session: CalibrationSession) -> list[Progress]:
    """Who has submitted how many conversations, in the order of names."""
    submitted = Count("pk", filter=Q(state=BlindScoring.State.SUBMITTED))
    rows = (
        BlindScoring.objects.filter(item__session=session).order_by().values("scorer_id").annotate(n=Count("pk"), done=submitted)
    )
    counts = {row["scorer_id"]: (row["done"], row["n"]) for row in rows}
    people = CalibrationParticipant.objects.filter(session=session).select_related("person")
    return [Progress(each.person, *counts.get(each.person_id, (0, 0))) for each in people]


@dataclass(frozen=True)
class ToScore:
    """A conversation that somebody scores blind, under a name that gives nobody away."""

    scoring: BlindScoring
    name: str
    subject: str


def own_scorings(person: Person, session: CalibrationSession) -> list[ToScore]:
    """This person's conversations of a session, in order."""
    found = scorings_of(person).filter(item__session=session)
    found = found.select_related("item", "interaction__handler__person").order_by("item__position", "pk")
    return [ToScore(scoring, str(scoring.item), blind_subject(scoring.interaction)) for scoring in found]


def next_scoring(person: Person, session: CalibrationSession) -> BlindScoring | None:
    """The next conversation of a session that this person has not submitted."""
    left = scorings_of(person).filter(item__session=session, state=BlindScoring.State.DRAFT)
    return left.order_by("item__position", "pk").first()


@dataclass(frozen=True)
class ItemName:
    """A conversation of a session, named so that it gives nobody away."""

    pk: int
    name: str
    subject: str


def item_names(session: CalibrationSession) -> list[ItemName]:
    """The conversations of a session, in order."""
    items = session.items.select_related("interaction__handler__person")
    return [ItemName(item.pk, str(item), blind_subject(item.interaction)) for item in items]


@dataclass(frozen=True)
class Waiting:
    """Blind scoring that waits for somebody: a session with `left` conversations, or one second reading."""

    session: CalibrationSession | None
    scoring: BlindScoring | None
    left: int
    due_on: date


def blind_work_of(person: Person) -> list[Waiting]:
    """What this person has to score blind, the most urgent first. Two reads."""
    own = BlindScoring.objects.filter(item__session=OuterRef("pk"), scorer=person, state=BlindScoring.State.DRAFT)
    sessions = sessions_visible_to(person).filter(Exists(own), state=CalibrationSession.State.SCORING)
    mine = Count("items__scorings", filter=Q(items__scorings__scorer=person, items__scorings__state=BlindScoring.State.DRAFT))
    found = [Waiting(session, None, session.left, session.due_on) for session in sessions.annotate(left=mine)]
    readings = scorings_of(person).filter(grader_review__isnull=False, state=BlindScoring.State.DRAFT)
    found += [Waiting(None, each, 1, each.grader_review.due_on) for each in readings.select_related("grader_review")]
    return sorted(found, key=lambda waiting: waiting.due_on)


def has_sessions(person: Person) -> bool:
    return sessions_visible_to(person).exists()


def cases_by_numbers(cases: QuerySet[Interaction], numbers: Iterable[str]) -> tuple[list[Interaction], list[str]]:
    """(the cases of these numbers in their order, numbers that name none or several)."""
    wanted = list(dict.fromkeys(number.strip() for number in numbers if number.strip()))
    by_number: dict[str, list[Interaction]] = defaultdict(list)
    for case in cases.filter(external_id__in=wanted).select_related("handler__person"):
        by_number[case.external_id].append(case)
    return (
        [by_number[number][0] for number in wanted if len(by_number[number]) == 1],
        [number for number in wanted if len(by_number[number]) != 1],
    )


# --- Agreement ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """A measure with the ends of its 90 % interval."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def has_range(self) -> bool:
        """Whether drawing again gave anything else: where all answers were the same, the ends say nothing of how sure that is."""
        return self.low is not None and self.high is not None and self.low < self.high


@dataclass(frozen=True)
class CriterionAgreement:
    """One line of the agreement page; `label` empty: the whole scorecard."""

    key: str
    label: str
    level: str
    doubles: int
    percent: Known
    ac: Known
    alpha: Known

    @property
    def enough(self) -> bool:
        return self.doubles >= DOUBLES_TO_JUDGE

    @property
    def verdict(self) -> str:
        """A word for the agreement beyond chance; empty below fifty doubles."""
        if not self.enough or self.ac.value is None:
            return ""
        return "good" if self.ac.value >= GOOD else "fair" if self.ac.value >= FAIR else "low"

    @property
    def sentence(self) -> str:
        """What the figures say, in words: an answer also where there are too few."""
        if not self.enough:
            return _("Not enough doubles yet: %(n)s of %(wanted)s.") % {"n": self.doubles, "wanted": DOUBLES_TO_JUDGE}
        if self.percent.value is None or self.ac.value is None:
            return _("Cannot be computed from these answers.")
        word = {"good": _("good"), "fair": _("fair"), "low": _("low")}[self.verdict]
        return _("Two reviewers give the same answer %(n)s times in 100. After allowing for luck: %(word)s.") % {
            "n": round(100 * self.percent.value),
            "word": word,
        }


@dataclass(frozen=True)
class ScorecardAgreement:
    summary: AgreementSummary
    whole: CriterionAgreement | None
    criteria: list[CriterionAgreement]


def agreement_in(quarter: date) -> list[ScorecardAgreement]:
    """What was counted for a quarter, by scorecard in the order of names; scorecards without a double last."""
    found = []
    for summary in AgreementSummary.objects.filter(quarter=quarter).select_related("scorecard"):
        lines = [
            CriterionAgreement(
                key=figure["key"],
                label=figure["label"],
                level=figure["level"],
                doubles=figure["doubles"],
                percent=Known(*figure["percent"]),
                ac=Known(*figure["ac"]),
                alpha=Known(*figure["alpha"]),
            )
            for figure in summary.figures
        ]
        found.append(
            ScorecardAgreement(
                summary, next((line for line in lines if not line.key), None), [line for line in lines if line.key]
            )
        )
    return sorted(found, key=lambda each: (each.summary.doubles == 0, str(each.summary.scorecard)))


def counted_quarters() -> list[date]:
    """Quarters that something stands of, the newest first."""
    return list(AgreementSummary.objects.order_by("-quarter").values_list("quarter", flat=True).distinct())


# --- Severity -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SeverityFigure:
    """How strict one reviewer is. `points` above 0: scores higher than others would; `correction` is added to their scores."""

    reviewer_id: int
    reviews: int
    original: float
    points: float
    low: float
    high: float
    outside: float

    @property
    def correction(self) -> float:
        return max(-MOST_CORRECTED, min(MOST_CORRECTED, -self.points))

    @property
    def capped(self) -> bool:
        return abs(self.points) > MOST_CORRECTED

    @property
    def adjusted(self) -> float:
        """Their mean as another reviewer would have given it, inside 0 to 100. Beside the original, never instead."""
        return max(0.0, min(100.0, self.original + self.correction))

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves 0 out: strict or lenient beyond chance."""
        return self.low > 0 or self.high < 0


def _figure(row: ReviewerSeverity) -> SeverityFigure | None:
    if row.points is None or row.low is None or row.high is None or row.reviews < REVIEWS_TO_JUDGE:
        return None
    return SeverityFigure(row.reviewer_id, row.reviews, row.original, row.points, row.low, row.high, row.outside)


@dataclass(frozen=True)
class KnownSeverity:
    """What stands of some reviewers as of a night. `refusal`: why nothing is corrected; `figures`: those with enough reviews."""

    as_of: datetime
    refusal: str
    figures: dict[int, SeverityFigure]


def known_severity(reviewers: Iterable[int], months: int = 12) -> KnownSeverity | None:
    """Of these reviewers' ids, for pages of scores; None where nothing was counted of any of them. One read."""
    rows = list(
        ReviewerSeverity.objects.filter(summary__months=months, reviewer__in=list(reviewers))
        .select_related("summary")
        .order_by("pk")
    )
    if not rows:
        return None
    summary = rows[0].summary
    figures = {} if summary.refusal else {row.reviewer_id: figure for row in rows if (figure := _figure(row)) is not None}
    return KnownSeverity(summary.as_of, summary.refusal, figures)


def severity_of(reviewers: Iterable[Person] | Iterable[int], months: int = 12) -> dict[int, SeverityFigure]:
    """By reviewer's id: those with enough reviews, where the graph hangs together; nobody otherwise."""
    known = known_severity((reviewer if isinstance(reviewer, int) else reviewer.pk for reviewer in reviewers), months)
    return known.figures if known else {}


@dataclass(frozen=True)
class SeverityRow:
    """`figure` None: too few reviews, or nothing is corrected."""

    reviewer: Person
    reviews: int
    original: float
    outside: float
    figure: SeverityFigure | None


@dataclass(frozen=True)
class SeverityPage:
    """`rows` with names; `others` without, for who may not see the names. `hidden`: others are too few to be nameless."""

    summary: SeveritySummary
    rows: list[SeverityRow]
    others: list[SeverityFigure]
    hidden: bool


def severity_page(person: Person, months: int, *, names: bool) -> SeverityPage | None:
    """What stands for the last so many months; with `names` for everybody, else for this person alone. None: never counted."""
    summary = SeveritySummary.objects.filter(months=months).first()
    if summary is None:
        return None
    rows = [
        SeverityRow(row.reviewer, row.reviews, row.original, row.outside, _figure(row))
        for row in summary.reviewers.select_related("reviewer")
    ]
    if names:
        return SeverityPage(summary, rows, [], False)
    own = [row for row in rows if row.reviewer.pk == person.pk]
    others = sorted(
        (row.figure for row in rows if row.figure is not None and row.reviewer.pk != person.pk), key=lambda figure: figure.points
    )
    few = len(others) < FEWEST_OTHERS
    return SeverityPage(summary, own, [] if few else others, few and bool(others))


# --- Second readings ------------------------------------------------------------------------------


def grader_rows(readings: QuerySet[GraderReview]) -> QuerySet[GraderReview]:
    """Second readings with what a row shows: those not submitted first, then the newest."""
    return readings.select_related(
        "review__reviewer", "review__scorecard_version__scorecard", "scoring__scorer", "scoring__interaction__handler__person"
    ).order_by(F("scoring__submitted_at").desc(nulls_first=True), "-asked_at", "-pk")


def graded(readings: QuerySet[GraderReview], reviewer: Person) -> QuerySet[GraderReview]:
    """Those of this reviewer's reviews."""
    return readings.filter(review__reviewer=reviewer)


@dataclass(frozen=True)
class GraderFigure:
    """How near a reviewer's answers were to second readings: the mean of `n`, in percent, with its 95 % interval from two on."""

    reviewer: Person
    n: int
    mean: float
    low: float | None
    high: float | None


def grader_figures(readings: QuerySet[GraderReview], since: date) -> list[GraderFigure]:
    """By reviewer in the order of names, from what was drawn at random and submitted since. Picked ones are for learning, not for figures."""
    done = readings.filter(
        method=GraderReview.Method.RANDOM,
        scoring__state=BlindScoring.State.SUBMITTED,
        scoring__submitted_at__gte=day_range(since, since)[0],
        alignment__isnull=False,
    ).select_related("review__reviewer")
    found: dict[int, tuple[Person, list[float]]] = {}
    for reading in done:
        if reading.alignment is not None:
            found.setdefault(reading.review.reviewer_id, (reading.review.reviewer, []))[1].append(100 * reading.alignment)
    return [
        GraderFigure(person, len(values), *mean_interval(values))
        for person, values in sorted(found.values(), key=lambda each: (str(each[0]), each[0].pk))
    ]
