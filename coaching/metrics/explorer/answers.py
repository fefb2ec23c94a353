"""The explorer's answer: a row for each person, team or kind of case, a cell for each period. Rollups only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from coaching.metrics.explorer.access import Scope
from coaching.metrics.explorer.casemix import Adjusted, Floor, adjust, floor_of
from coaching.metrics.explorer.changes import Change, change
from coaching.metrics.explorer.links import Target, cases_urls
from coaching.metrics.explorer.models import OTHER
from coaching.metrics.explorer.questions import KINDS, By, Period, Question
from coaching.metrics.explorer.reading import ByPeriod, counts_by_kind, counts_by_period, figure_of, group_of
from coaching.metrics.explorer.words import kind_in_words
from coaching.metrics.figures import Figure
from coaching.metrics.queries import Counts, Window
from people.models import Person, Team

MIX = ("topic", "channel")  # what makes two cases comparable


@dataclass(frozen=True)
class Cell:
    figure: Figure
    url: str


@dataclass(frozen=True)
class Row:
    """One line: its name, where it leads, its cells, and the whole time with what it is compared with."""

    label: str
    whole: Cell
    cells: list[Cell]
    person_id: int | None = None
    depth: int = 0
    before: Figure | None = None
    change: Change | None = None
    adjusted: Adjusted | None = None


@dataclass(frozen=True)
class Answer:
    question: Question
    periods: list[Period]
    rows: list[Row]
    together: Row
    floor: Floor | None = None
    before: Window | None = None

    @property
    def lines(self) -> list[Row]:
        """All lines of the table, the one of everything together last."""
        return [*self.rows, self.together]

    @property
    def has_any(self) -> bool:
        return any(row.whole.figure.n for row in self.lines)


@dataclass(frozen=True)
class _Line:
    """A row to be: its key in the counts (several for a team with teams below it)."""

    label: str
    keys: tuple[Any, ...]
    target: Target
    depth: int = 0


ByKey = dict[Any, dict[date, Counts]]  # key → first day of the column → counts


def _by_key(counts: ByPeriod) -> ByKey:
    found: ByKey = {}
    for (key, start), each in counts.items():
        found.setdefault(key, {})[start] = each
    return found


def _added(counts: ByKey, keys: Sequence[Any], starts: Sequence[date]) -> tuple[Counts, list[Counts]]:
    """The counts of some keys together: of the whole time, and for each column."""
    columns: dict[date, Counts] = {}
    for key in keys:
        for start, each in counts.get(key, {}).items():
            if len(keys) == 1:
                columns[start] = each
            else:
                columns.setdefault(start, Counts()).add(each)
    whole = Counts()
    for each in columns.values():
        whole.add(each)
    return whole, [columns.get(start) or Counts() for start in starts]


def _kind_lines(question: Question, values: set[str]) -> list[_Line]:
    """By name; what stands for the rest last."""
    dimension = KINDS[question.by]
    named = sorted(values, key=lambda value: (value in ("", OTHER), kind_in_words(dimension, value).casefold()))
    return [
        _Line(kind_in_words(dimension, value), (value,), Target(team=question.team, kind=(dimension, value))) for value in named
    ]


def _team_lines(scope: Scope, question: Question) -> list[_Line]:
    """In the order of the tree, brothers by name; each with all teams below it."""
    names = {team.pk: team.name for team in scope.teams}
    chosen = [team for team in scope.teams if question.team is None or team.path.startswith(question.team.path)]
    known = {team.pk for team in chosen}

    def place(team: Team) -> list[str]:
        return [names.get(int(pk), "") for pk in team.path.strip("/").split("/") if int(pk) in known]

    lines = []
    for team in sorted(chosen, key=place):
        below = tuple(other.pk for other in scope.teams if other.path.startswith(team.path))
        lines.append(_Line(team.name, below, Target(team=team), depth=len(place(team)) - 1))
    return lines


def _lines(scope: Scope, question: Question, people: Sequence[Person], counts: ByPeriod) -> list[_Line]:
    if question.by == By.PERSON:
        return [_Line(p.display_name, (p.pk,), Target(person_id=p.pk)) for p in people]
    if question.by == By.TEAM:
        return _team_lines(scope, question)
    if question.by == By.TOGETHER:
        return []
    return _kind_lines(question, {key for key, _start in counts})


def answer(
    scope: Scope, question: Question, people: Sequence[Person] = (), *, together_label: str = "", as_of: datetime
) -> Answer:
    """The whole table. `people` are those of the page, where the question is by person; `as_of` the moment of reading."""
    ids = [person.pk for person in people] if question.by == By.PERSON else None
    group, periods = group_of(question), question.periods()
    starts = [question.start_of(period.window.first) for period in periods]
    counts = counts_by_period(scope, question, group=group, people=ids, as_of=as_of)
    # Kinds add up to the whole; people and teams do not always (who left, who has no team), so that is read.
    sums_up = question.by in KINDS or question.by == By.TOGETHER
    total = counts if sums_up else counts_by_period(scope, question, group=None, as_of=as_of)
    asked = question.before()
    earlier = counts_by_period(scope, asked, group=group, people=ids, as_of=as_of) if asked else None
    earlier_total = None if asked is None else earlier if sums_up else counts_by_period(scope, asked, group=None, as_of=as_of)
    floor, mixes = _mixes(scope, question, ids, as_of)

    def row(line: _Line, now: ByKey, before: ByKey | None) -> Row:
        together, columns = _added(now, line.keys, starts)
        whole = figure_of(question.definition, together)
        then = None if before is None else figure_of(question.definition, _added(before, line.keys, [])[0])
        urls = cases_urls(question, line.target, windows)
        cells = [Cell(figure_of(question.definition, each), url) for each, url in zip(columns, urls[1:], strict=True)]
        return Row(
            line.label,
            Cell(whole, urls[0]),
            cells,
            person_id=line.target.person_id if question.by == By.PERSON else None,
            depth=line.depth,
            before=then,
            change=None if then is None else change(whole, then),
            adjusted=_adjusted(line, floor, mixes),
        )

    everything = tuple({key for key, _start in total} | ({key for key, _start in earlier_total} if earlier_total else set()))
    own = Target(person_id=scope.person_id) if scope.is_own else Target(team=question.team)
    windows = [question.days, *(period.window for period in periods)]
    by_key, earlier_by_key = _by_key(counts), _by_key(earlier) if earlier is not None else None
    rows = [row(line, by_key, earlier_by_key) for line in _lines(scope, question, people, counts)]
    together = row(
        _Line(together_label, everything, own), _by_key(total), _by_key(earlier_total) if earlier_total is not None else None
    )
    return Answer(question, periods, rows, together, floor, asked.days if asked else None)


def _mixes(
    scope: Scope, question: Question, ids: list[int] | None, as_of: datetime
) -> tuple[Floor | None, dict[Any, dict[Any, tuple[int, int]]]]:
    """The floor's expected rates and the mix of each person or team; nothing where case mix is off."""
    if not question.with_mix:
        return None, {}
    everybody = Question(question.definition, By.TOGETHER, question.per, question.window, None, question.filters, with_mix=True)
    floor = floor_of(
        {kind: (c.numerator, c.denominator) for kind, c in counts_by_kind(scope, everybody, kinds=MIX, as_of=as_of).items()}
    )
    mixes: dict[Any, dict[Any, tuple[int, int]]] = {}
    if question.by == By.PERSON:
        found = counts_by_kind(scope, question, kinds=MIX, people=ids, per_person=True, as_of=as_of)
    else:
        found = counts_by_kind(scope, question, kinds=("team_id", *MIX), as_of=as_of)
    for (key, *kind), c in found.items():
        mixes.setdefault(key, {})[tuple(kind)] = (c.numerator, c.denominator)
    return floor, mixes


def _adjusted(line: _Line, floor: Floor | None, mixes: dict[Any, dict[Any, tuple[int, int]]]) -> Adjusted | None:
    if floor is None:
        return None
    mine: dict[Any, tuple[int, int]] = {}
    for key in line.keys:
        for kind, (part, whole) in mixes.get(key, {}).items():
            before = mine.get(kind, (0, 0))
            mine[kind] = (before[0] + part, before[1] + whole)
    return adjust(mine, floor)


def values_to_choose(scope: Scope, question: Question, as_of: datetime) -> dict[str, list[str]]:
    """The topics and segments that occur in what the viewer may read, in these weeks; for the filters' lists."""
    anything = Question(question.definition, By.TOPIC, question.per, question.window, question.team)
    found = counts_by_kind(scope, anything, kinds=("topic", "segment"), as_of=as_of)
    return {
        "topic": sorted({topic for topic, _segment in found}, key=lambda v: (v in ("", OTHER), v.casefold())),
        "segment": sorted({segment for _topic, segment in found}, key=lambda v: (v in ("", OTHER), v.casefold())),
    }
