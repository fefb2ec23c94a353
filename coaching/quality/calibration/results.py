"""What a session shows once scoring is over: who answered what, how far apart that is, and how near each is to what was agreed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from coaching.quality.agreement import Level, alignment, closeness, count_answers, observed_agreement
from coaching.quality.calibration.sheets import Sheet, SheetRow, blind_subject, load_sections, make_sheet
from coaching.quality.models import (
    BlindScoring,
    CalibrationItem,
    CalibrationSession,
    Consensus,
    Criterion,
    GraderReview,
    Rating,
)
from people.models import Person

NA = -1.0  # "does not apply", beside answers worth 0 to 1


def answer_text(row: Any) -> str:
    """An answer in words; "–" where there is none."""
    if row is None or not row.is_answered:
        return "–"
    return _("Does not apply") if row.is_na else row.answer.label


def percent_agreement(cases: Sequence[Sequence[float]], scale: Sequence[float]) -> float | None:
    """Of pairs of people who answered the same question, the share that gave the same answer; None without a pair. See agreement.py."""
    if len(set(scale)) < 2 or not cases:
        return None
    counts = count_answers(cases, scale)
    found = observed_agreement(counts, closeness(scale, Level.NOMINAL), np.ones((1, len(counts))))[0]
    return None if np.isnan(found) else float(found)


@dataclass(frozen=True)
class Given:
    """What one participant put down for one criterion. `off`: not what was agreed on."""

    person: Person
    text: str
    comment: str
    value: float | None  # NA where it does not apply, None where not asked
    off: bool


@dataclass(frozen=True)
class Spread:
    """One criterion of one conversation. `points`: how far the answers lie apart, in percent of the scale; None without two."""

    row: SheetRow
    given: list[Given]
    points: float | None
    mixed: bool  # some found that it does not apply, some answered
    diverges: bool
    consensus: Consensus | None

    @property
    def consensus_text(self) -> str:
        if self.consensus is None:
            return ""
        return _("Does not apply") if self.consensus.is_na else str(self.consensus.answer)

    @property
    def unanimous(self) -> Given | None:
        """One of the answers, where all are the same and there are two."""
        values = {given.value for given in self.given}
        return self.given[0] if len(self.given) > 1 and len(values) == 1 and None not in values else None


@dataclass
class ItemResult:
    item: CalibrationItem
    subject: str
    scorings: list[BlindScoring]
    spreads: list[Spread]
    scores: list[tuple[Person, float | None]]

    @property
    def flagged(self) -> int:
        return sum(spread.diverges for spread in self.spreads)

    @property
    def agreed(self) -> int:
        return sum(spread.consensus is not None for spread in self.spreads)


@dataclass
class CriterionResult:
    """One criterion over all conversations of the session."""

    criterion: Criterion
    cases: int  # conversations in which two people or more answered it
    flagged: int
    mixed: int  # conversations in which it applied for some and not for others
    percent: float | None
    widest: float | None  # of those for whom it applied


@dataclass
class ParticipantResult:
    """`alignment` with the agreed answers, 0 to 1, over `criteria` of them; None where nothing is agreed or submitted."""

    person: Person
    submitted: int
    asked: int
    alignment: float | None = None
    criteria: int = 0


@dataclass
class SessionResults:
    items: list[ItemResult]
    criteria: list[CriterionResult]
    participants: list[ParticipantResult]
    left_out: list[ParticipantResult] = field(default_factory=list)

    @property
    def percent(self) -> float | None:
        """The mean over the criteria; None where nothing was answered twice."""
        known = [found.percent for found in self.criteria if found.percent is not None]
        return sum(known) / len(known) if known else None

    @property
    def flagged(self) -> int:
        return sum(found.flagged for found in self.criteria)

    @property
    def complete(self) -> bool:
        """Whether every criterion that was asked is agreed on."""
        return all(spread.consensus for item in self.items for spread in item.spreads)


def load_results(session: CalibrationSession, only: CalibrationItem | None = None) -> SessionResults:
    """All answers of a session whose scoring is over, or of one conversation of it. Ten reads, however many took part.

    Raises ValueError before scoring is over: what nobody may see is not even loaded.
    """
    if not session.is_open_to_read:
        raise ValueError("the answers of this session may not be read yet")
    version = session.scorecard_version
    sections = load_sections(version)
    items = list(session.items.select_related("interaction__handler__person").prefetch_related("consensus__answer"))
    if only is not None:
        items = [item for item in items if item.pk == only.pk]
    scorings = BlindScoring.objects.filter(item__in=items).select_related("scorer").prefetch_related("ratings")
    by_item: dict[int, list[BlindScoring]] = defaultdict(list)
    people: dict[int, ParticipantResult] = {}
    for scoring in scorings.order_by("scorer__display_name", "pk"):
        person = people.setdefault(scoring.scorer_id, ParticipantResult(scoring.scorer, 0, 0))
        person.asked += 1
        if scoring.is_submitted and scoring.item_id is not None:
            person.submitted += 1
            by_item[scoring.item_id].append(scoring)
    results = []
    given: dict[int, dict[str, float]] = defaultdict(dict)
    agreed: dict[str, float] = {}
    weights: dict[str, float] = {}
    for item in items:
        sheets = [
            (scoring, make_sheet(version, sections, {rating.criterion_id: rating for rating in scoring.ratings.all()}))
            for scoring in by_item[item.pk]
        ]
        consensus = {row.criterion_id: row for row in item.consensus.all()}
        blank = make_sheet(version, sections, consensus)
        spreads = (
            [_spread(row, sheets, consensus.get(row.criterion.pk), session.threshold) for row in blank.rows] if sheets else []
        )
        results.append(
            ItemResult(
                item=item,
                subject=blind_subject(item.interaction),
                scorings=[scoring for scoring, _sheet in sheets],
                spreads=[spread for spread in spreads if spread.given],
                scores=[(scoring.scorer, sheet.score.shown) for scoring, sheet in sheets],
            )
        )
        for row in blank.rows:
            if row.criterion.pk in consensus:
                key = f"{item.pk}:{row.criterion.key}"
                weights[key] = row.criterion.weight
                if row.line.value is not None:
                    agreed[key] = row.line.value
        for scoring, sheet in sheets:
            given[scoring.scorer_id] |= {f"{item.pk}:{key}": value for key, value in sheet.values.items()}
    for pk, person in people.items():
        if person.submitted:
            of_scored = {
                key: weight
                for key, weight in weights.items()
                if any(s.scorer_id == pk for s in by_item[int(key.partition(":")[0])])
            }
            person.alignment, person.criteria = alignment(given[pk], agreed, of_scored), len(of_scored)
    participants = list(people.values())
    return SessionResults(
        items=results,
        criteria=_criteria(results),
        participants=participants,
        left_out=[person for person in participants if person.submitted < person.asked],
    )


def _spread(row: SheetRow, sheets: Sequence[tuple[BlindScoring, Sheet]], consensus: Consensus | None, threshold: int) -> Spread:
    agreed = (
        NA if consensus is not None and consensus.is_na else consensus.answer.value if consensus and consensus.answer else None
    )
    found = []
    for scoring, sheet in sheets:
        own = sheet.rows[row.number - 1]
        if own.rating is None or not own.rating.is_answered:
            continue
        value = NA if own.is_na else own.line.value
        off = agreed is not None and value != agreed
        found.append(Given(scoring.scorer, answer_text(own.rating), own.comment, value, off))
    worths = [given.value for given in found if given.value is not None and given.value != NA]
    mixed = bool(worths) and len(worths) < len(found)
    points = 100 * (max(worths) - min(worths)) if len(worths) > 1 else None
    diverges = mixed or (points is not None and points > threshold)
    return Spread(row=row, given=found, points=points, mixed=mixed, diverges=diverges, consensus=consensus)


def _criteria(items: Sequence[ItemResult]) -> list[CriterionResult]:
    by_criterion: dict[int, list[Spread]] = defaultdict(list)
    for item in items:
        for spread in item.spreads:
            by_criterion[spread.row.criterion.pk].append(spread)
    results = []
    for spreads in by_criterion.values():
        row = spreads[0].row
        cases = [[given.value for given in spread.given if given.value is not None] for spread in spreads]
        apart = [spread.points for spread in spreads if spread.points is not None]
        results.append(
            CriterionResult(
                criterion=row.criterion,
                cases=sum(len(case) > 1 for case in cases),
                flagged=sum(spread.diverges for spread in spreads),
                mixed=sum(spread.mixed for spread in spreads),
                percent=percent_agreement(cases, [*(answer.value for answer in row.answers), NA]),
                widest=max(apart) if apart else None,
            )
        )
    return results


@dataclass(frozen=True)
class Compared:
    """One criterion of a review beside its second reading."""

    row: SheetRow  # of the review
    review_text: str
    second_text: str
    second_comment: str
    alignment: float | None  # 0 to 1; None where neither found it to apply
    apart: bool


@dataclass(frozen=True)
class GraderResult:
    criteria: list[Compared]
    alignment: float | None
    score: float | None  # of the review, as its reviewer gave it
    second_score: float | None


def grader_result(reading: GraderReview) -> GraderResult:
    """A review beside its second reading, criterion by criterion. Raises ValueError before that is submitted."""
    if not reading.scoring.is_submitted:
        raise ValueError("this second reading is not submitted yet")
    version = reading.review.scorecard_version
    sections = load_sections(version)
    review = make_sheet(version, sections, {r.criterion_id: r for r in Rating.objects.filter(review=reading.review)})
    second = make_sheet(version, sections, {r.criterion_id: r for r in reading.scoring.ratings.all()})
    rows = []
    for own, other in zip(review.rows, second.rows, strict=True):
        if own.rating is None and other.rating is None:
            continue
        key = own.criterion.key
        near = alignment(
            {key: own.line.value} if own.line.value is not None else {},
            {key: other.line.value} if other.line.value is not None else {},
            {key: 1},
        )
        texts = answer_text(own.rating), answer_text(other.rating)
        rows.append(Compared(own, *texts, other.comment, near, near is not None and near < 1))
    weights: dict[str, float] = {row.criterion.key: row.criterion.weight for row in review.rows}
    return GraderResult(rows, alignment(review.values, second.values, weights), review.score.shown, second.score.shown)
