"""The lead's board: rep × metric and rep × criterion, who needs me, and what to do next.

Nothing is ranked: rows stand by name. A rep is marked only where a whole 95 % interval lies on the
wrong side of the target, or (where none is agreed) of the group's own figure; by chance alone that
happens in about one of forty cells, which the page says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.dashboards import queries
from coaching.metrics.display import between, in_words
from coaching.metrics.figures import Figure
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Window, board_definitions, figures_for_people_and_together
from coaching.signals.models import Signal
from coaching.signals.queries import open_signals_of
from coaching.signals.words import verdict, why
from people.models import Person, Role, Team

Recipe = MetricDefinition.Recipe


@dataclass(frozen=True)
class Cell:
    """One figure of one rep; `mark` says in a word why it stands out, `url` where its cases are."""

    figure: Figure
    url: str
    mark: str = ""


@dataclass(frozen=True)
class Step:
    """A reason or a next step, in words, with the place to go to."""

    text: str
    url: str


@dataclass
class Row:
    person: Person
    cells: list[Cell]
    criteria: list[Cell]
    assignments: dict[str, int]
    waiting_reviews: int
    signal: Signal | None = None  # the surest open one
    reasons: list[Step] = field(default_factory=list)
    next_step: Step | None = None

    @property
    def needs_me(self) -> bool:
        return bool(self.reasons)

    @property
    def signal_words(self) -> str:
        signal = self.signal
        return verdict(signal.definition, signal.level, signal.probability) if signal else ""

    @property
    def person_url(self) -> str:
        return _person_path(self.person.pk)


@dataclass(frozen=True)
class Board:
    rows: list[Row]
    definitions: list[MetricDefinition]
    criteria: list[tuple[str, str]]  # (key, label)
    together: list[Figure]  # the group's own figures, one per definition
    criteria_together: list[Figure]  # and one per criterion
    scale: dict[str, float]  # metric key → the largest interval end, for the bars of times

    @property
    def needing(self) -> list[Row]:
        return [row for row in self.rows if row.needs_me]


@lru_cache(maxsize=8192)
def _person_path(person_id: int) -> str:
    return reverse("metrics_person", args=[person_id])


@lru_cache(maxsize=8192)
def _cases_path(person_id: int, key: str) -> str:
    return reverse("metrics_cases", args=[person_id, key])


def _cases_url(person: Person, definition: MetricDefinition, window: Window, *, against: bool = False) -> str:
    days = f"first={window.first.isoformat()}&last={window.last.isoformat()}"
    return f"{_cases_path(person.pk, definition.key)}?{days}{'&against=on' if against else ''}"


def _figure_words(shown: Figure) -> str:
    return f"{in_words(shown.value, shown.definition)} ({between(shown)}, n = {shown.n})"


def _metric_reason(person: Person, shown: Figure, reference: float, group: str, window: Window) -> Step:
    definition = shown.definition
    target = definition.target is not None
    text = _("%(metric)s: %(figure)s, %(whose)s %(reference)s.") % {
        "metric": definition.name,
        "figure": _figure_words(shown),
        "whose": _("the target is") if target else _("%(group)s stands at") % {"group": group},
        "reference": in_words(reference, definition),
    }
    return Step(text, _cases_url(person, definition, window, against=True))


def _look_at(person: Person, definition: MetricDefinition) -> str:
    name = person.get_short_name()
    match definition.recipe:
        case Recipe.REOPENED:
            return _("Read two of %(name)s’s reopened cases together.") % {"name": name}
        case Recipe.SATISFIED:
            return _("Read what %(name)s’s dissatisfied customers wrote, together.") % {"name": name}
        case Recipe.FIRST_CONTACT:
            return _("Read two cases together for which %(name)s’s customers came back.") % {"name": name}
        case Recipe.RESOLUTION_TIME | Recipe.RESOLUTION_SURVIVAL | Recipe.FIRST_REPLY:
            return _("Look at %(name)s’s slowest cases together: what held them up?") % {"name": name}
        case Recipe.ANSWERED | Recipe.ABANDONED | Recipe.ANSWER_SPEED:
            return _("Look at the calls and chats %(name)s missed: is it the plan or the person?") % {"name": name}
        case _:
            return _("Read two of %(name)s’s cases behind this figure together.") % {"name": name}


def _read_row(row: Row, references: dict[str, tuple[float | None, str]], window: Window) -> None:
    """Fill in why this rep needs the lead and what to do next."""
    person, name = row.person, row.person.get_short_name()
    worst: tuple[str, str] | None = None
    if row.signal is not None:
        url = reverse("signal_detail", args=[row.signal.pk])
        row.reasons.append(Step(why(row.signal), url))
        worst = (_("See what changed for %(name)s, and read two of the cases.") % {"name": name}, url)
    for cell in row.cells:
        shown = cell.figure
        reference, group = references[shown.definition.key]
        if cell.mark and reference is not None:
            step = _metric_reason(person, shown, reference, group, window)
            row.reasons.append(step)
            worst = worst or (_look_at(person, shown.definition), step.url)
    for cell in row.criteria:
        if cell.mark:
            shown = cell.figure
            text = _("“%(criterion)s” passed in %(figure)s of reviews.") % {
                "criterion": shown.definition.name,
                "figure": _figure_words(shown),
            }
            row.reasons.append(Step(text, cell.url))
            worst = worst or (
                _("Talk about “%(criterion)s” with %(name)s.") % {"criterion": shown.definition.name, "name": name},
                cell.url,
            )
    overdue = row.assignments.get("overdue", 0)
    if overdue:
        text = ngettext("%(n)s module is overdue.", "%(n)s modules are overdue.", overdue) % {"n": overdue}
        url = queries.learning_url(person)
        row.reasons.append(Step(text, url))
        worst = worst or (_("Ask what keeps %(name)s from the module, and give time for it.") % {"name": name}, url)
    if worst:
        row.next_step = Step(*worst)
        return
    if row.waiting_reviews:
        row.next_step = Step(
            ngettext("Remind %(name)s of %(n)s review to read.", "Remind %(name)s of %(n)s reviews to read.", row.waiting_reviews)
            % {"name": name, "n": row.waiting_reviews},
            queries.criterion_url(person, window),
        )
        return
    praise = next((c.figure for c in row.cells if c.figure.is_better_than(references[c.figure.definition.key][0])), None)
    if praise:
        text = _("Say thank you: %(metric)s is better than usual, %(figure)s.") % {
            "metric": praise.definition.name,
            "figure": _figure_words(praise),
        }
        row.next_step = Step(text, _cases_url(person, praise.definition, window))


@dataclass(frozen=True)
class Group:
    """What the people on the board are called together: as a heading, and inside a sentence."""

    heading: str
    inside: str


def group_of(viewer: Person, teams: Sequence[Team], team: Team | None) -> Group:
    """The group the board shows: the team chosen, else the whole company for the head, else what this lead leads.

    `teams` are those visible to the viewer; a lead of one team, or of one tree of teams, reads its name.
    """
    if team is None and not viewer.has_role(Role.HEAD):
        team = next((top for top in teams if all(other.path.startswith(top.path) for other in teams)), None)
    if team is not None:
        return Group(team.name, team.name)
    if viewer.has_role(Role.HEAD):
        return Group(_("Whole company"), _("the whole company"))
    return Group(_("All your teams"), _("your teams together"))


def read_board(people: Sequence[Person], window: Window, group: str, now: datetime) -> Board:
    """Everything the board shows of these people; reads rollups, never cases. `group` names them in a sentence."""
    definitions = board_definitions()
    ids = [person.pk for person in people]
    figures, together = figures_for_people_and_together(ids, window, definitions, now)
    used = [definition for definition in definitions if together[definition.key].n]
    references: dict[str, tuple[float | None, str]] = {
        d.key: (d.target if d.target is not None else together[d.key].value, group) for d in used
    }
    rates = queries.criterion_rates(people, window)
    asked = rates.keys
    criteria = (
        [(criterion.key, criterion.label) for criterion in queries.board_criteria() if criterion.key in asked] if asked else []
    )
    waiting = queries.waiting_reviews(people)
    assignments = queries.open_assignment_counts(people, now)
    signals = open_signals_of(ids, window.last)
    kept = {key: queries.criterion_figure(label, rates.together(key)) for key, label in criteria}
    rows = []
    for person in people:
        row = Row(
            person,
            [_metric_cell(person, figures[person.pk][d.key], *references[d.key], window) for d in used],
            [
                _criterion_cell(person, queries.criterion_figure(label, rates.of(person.pk, key)), kept[key], group, window)
                for key, label in criteria
            ],
            assignments.get(person.pk, {}),
            waiting.get(person.pk, 0),
            signals.get(person.pk),
        )
        _read_row(row, references, window)
        rows.append(row)
    scale = {
        d.key: max((figures[pk][d.key].high or 0.0 for pk in ids), default=0.0)
        for d in used
        if d.unit == MetricDefinition.Unit.SECONDS
    }
    return Board(rows, used, criteria, [together[d.key] for d in used], list(kept.values()), scale)


def _metric_cell(person: Person, shown: Figure, reference: float | None, group: str, window: Window) -> Cell:
    mark = ""
    if shown.is_worse_than(reference):
        agreed = shown.definition.target is not None
        if shown.definition.unit == MetricDefinition.Unit.SECONDS:
            mark = _("slower than the target") if agreed else _("slower than %(group)s") % {"group": group}
        elif shown.definition.direction == MetricDefinition.Direction.UP:
            mark = _("below target") if agreed else _("below %(group)s") % {"group": group}
        else:
            mark = _("above target") if agreed else _("above %(group)s") % {"group": group}
    return Cell(shown, _cases_url(person, shown.definition, window), mark)


def _criterion_cell(person: Person, shown: Figure, together: Figure, group: str, window: Window) -> Cell:
    mark = _("below %(group)s") % {"group": group} if shown.is_worse_than(together.value) else ""
    return Cell(shown, queries.criterion_url(person, window), mark)
