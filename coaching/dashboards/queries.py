"""What the home screens need to know from other rooms: one function per fact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Count, Q
from django.urls import reverse
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import DraftStateMixin

from cms import queries as cms
from cms.models import Credo, GuidelineModule, Standard
from coaching.interactions.models import Handler, Interaction, SurveyResponse
from coaching.metrics.figures import Figure
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Window
from coaching.quality import queries as quality
from coaching.quality.models import Review, ReviewDraw, ScorecardVersion
from coaching.quality.queries import BoardCriterion, CriterionRates, criteria_for_board
from coaching.quality.queries.lists import standing_reviews
from coaching.quality.scores.arithmetic import Share
from learning.assignments import queries as assignments
from learning.modules.models import Module
from people.models import Person

# A criterion's share is shown from 5 reviews on, compared from 10: reviews are few and dear.
CRITERION_SHOW, CRITERION_COMPARE = 5, 10


def board_criteria() -> list[BoardCriterion]:
    """Every criterion asked today: key, label, standard."""
    return criteria_for_board()


def criterion_rates(people: Iterable[Person], window: Window) -> CriterionRates:
    """How often criteria were passed, from reviews drawn by lot and published in the window, weighted by what each stands for."""
    return quality.criterion_rates(people, window.first, window.last)


def criterion_url(person: Person, window: Window) -> str:
    """Where a lead reads this person's reviews of the window."""
    return f"{_review_list()}?person={person.pk}&since={window.first.isoformat()}&until={window.last.isoformat()}"


@lru_cache(maxsize=1)
def _review_list() -> str:
    return reverse("review_list")


def learning_url(person: Person) -> str:
    """Where a lead reads what this person still has to learn."""
    return f"{reverse('learn_team')}?person={person.pk}"


def waiting_reviews(people: Iterable[Person]) -> dict[int, int]:
    """Person id → published reviews that wait for their acknowledgement; who has none is absent."""
    rows = (
        standing_reviews()
        .filter(
            reviewee__in=people,
            scorecard_version__acknowledgement__in=ScorecardVersion.ASKING,
            acknowledgements=None,
        )
        .order_by()
        .values_list("reviewee_id")
        .annotate(Count("pk"))
    )
    return dict(rows)


def open_assignment_counts(people: Iterable[Person], now: datetime) -> dict[int, dict[str, int]]:
    """Person id → {"open": …, "overdue": …}."""
    return assignments.open_assignment_counts(people, now)


def open_assignments_for(person: Person, now: datetime) -> list[assignments.Progress]:
    """What the person has to learn, the most urgent first, with due and because."""
    return assignments.open_assignments_for(person, now)


def reviews_to_acknowledge(person: Person) -> list[Review]:
    return list(quality.reviews_to_acknowledge(person))


def last_review(person: Person) -> Review | None:
    """The newest published review of this person."""
    return quality.recent_reviews_of(person).first()


def review_queue(reviewer: Person, now: datetime, most: int) -> tuple[list[ReviewDraw], int]:
    """The next draws of a reviewer's queue, and how many wait in all."""
    waiting = quality.queue_for(reviewer, now)
    return list(waiting[:most]), waiting.count()


def credo_of_the_week(on: date) -> Credo | None:
    return cms.credo_of_the_week(on)


@dataclass(frozen=True)
class StandardFigure:
    """How often reviews found a standard kept."""

    standard: Standard
    figure: Figure


def criterion_definition(label: str) -> MetricDefinition:
    """A criterion read like a metric: the share of reviews that passed it. Never saved."""
    return MetricDefinition(
        key="criterion",
        name=label,
        unit=MetricDefinition.Unit.PERCENT,
        direction=MetricDefinition.Direction.UP,
        interval_method=MetricDefinition.IntervalMethod.WILSON,
        minimum_to_show=CRITERION_SHOW,
        minimum_to_compare=CRITERION_COMPARE,
    )


def criterion_figure(label: str, found: Share | None) -> Figure:
    """The rate of all cases, beside how many were seen to pass it (`numerator`) of how many (`n`)."""
    definition = criterion_definition(label)
    if found is None:
        return Figure(definition, 0, 0, None)
    if found.n < definition.minimum_to_show:
        return Figure(definition, found.part, found.n, None)
    return Figure(definition, found.part, found.n, found.rate, found.interval.low, found.interval.high)


def standards_kept(window: Window) -> list[StandardFigure]:
    """Each standard with a criterion: in how many cases it was kept by what reviews drawn by lot say, everybody together."""
    rates = criterion_rates(Person.objects.all(), window)
    by_standard: dict[int, tuple[Standard, list[str]]] = {}
    for criterion in board_criteria():
        if criterion.standard is not None and criterion.key in rates.keys:
            by_standard.setdefault(criterion.standard.pk, (criterion.standard, []))[1].append(criterion.key)
    kept = [StandardFigure(s, criterion_figure(s.title, rates.together(*keys))) for s, keys in by_standard.values()]
    return sorted(kept, key=lambda found: found.standard.title)


@dataclass(frozen=True)
class Draft:
    """A page or text with changes that nobody outside the editors sees yet."""

    kind: str
    title: str
    url: str


# What editors draft and publish.
DRAFTED: tuple[type[DraftStateMixin], ...] = (GuidelineModule, Module, Standard, Credo)


def drafts(editor: Person, most: int) -> list[Draft]:
    """What an editor began and has not published."""
    finder = AdminURLFinder(editor)
    found = [
        Draft(str(model._meta.verbose_name), str(item), finder.get_edit_url(item) or "")
        for model in DRAFTED
        for item in model.objects.filter(has_unpublished_changes=True)[:most]
    ]
    return found[:most]


@dataclass(frozen=True)
class UnknownHandlers:
    """Cases of the window that belong to nobody we know."""

    handlers: int
    cases: int
    total: int

    @property
    def share(self) -> float | None:
        return self.cases / self.total if self.total else None


def unknown_handlers(window: Window, known_cases: int) -> UnknownHandlers:
    """How many cases a source gives to handlers without an account; reads only those handlers' cases.

    `known_cases`: cases of the window that count for somebody, from the rollups.
    """
    unmatched = Handler.objects.filter(person=None)
    cases = Interaction.objects.filter(handler__in=unmatched, opened_on__range=(window.first, window.last))
    by_handler = cases.order_by().values("handler").distinct().count()
    n = cases.count()
    return UnknownHandlers(by_handler, n, n + known_cases)


def last_customer_words(person: Person) -> SurveyResponse | None:
    """The newest rating with a comment that counts for this person."""
    handlers = list(Handler.objects.filter(person=person).values_list("pk", flat=True))
    return (
        SurveyResponse.objects.filter(~Q(comment=""), handler__in=handlers)
        .select_related("interaction")
        .order_by("-responded_on", "-pk")
        .first()
    )
