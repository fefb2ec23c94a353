"""Completion by team and module. Set-based: a page asks a handful of queries, whoever and however many are in it.

People are counted in the team they are in today, and in all teams above it; each person once, however often a module was
assigned to them. What was withdrawn counts nowhere, nor does who has no account in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from learning.assignments.models import Assignment
from learning.classroom.access import people_reported_to, teams_reported_to
from learning.modules.models import Module
from people.models import Membership, Person, Role, Team

MOST_COLUMNS = 8
IS_OPEN = Q(state__in=Assignment.OPEN_STATES)
IS_DONE = Q(state=Assignment.State.COMPLETED)


@dataclass
class Cell:
    """`n` people have or had the module to do; `done` completed it, `open` have it to do (again), of those `overdue`."""

    n: int = 0
    done: int = 0
    open: int = 0
    overdue: int = 0

    def add(self, other: Cell) -> None:
        self.n += other.n
        self.done += other.done
        self.open += other.open
        self.overdue += other.overdue

    @property
    def share(self) -> float | None:
        return self.done / self.n if self.n else None


@dataclass(frozen=True)
class Column:
    """A team with all below it; `own`: only who is in the team itself. `team` None: who is in no team."""

    team: Team | None
    has_below: bool = False
    own: bool = False

    def holds(self, team_id: int | None, path: str) -> bool:
        if self.team is None or team_id is None:
            return self.team is None and team_id is None
        return team_id == self.team.pk if self.own else path.startswith(self.team.path)


@dataclass
class ModuleRow:
    module: Module
    total: Cell = field(default_factory=Cell)
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Matrix:
    """`columns` are the teams right below the chosen one; `more` is how many did not fit beside each other."""

    columns: list[Column]
    rows: list[ModuleRow]
    more: int


def modules_reported(search: str = "") -> QuerySet[Module]:
    """Modules that anybody has or had to do, by title, those off the site too."""
    used = Assignment.objects.filter(module=OuterRef("pk"))
    modules = Module.objects.filter(Exists(used)).defer("lessons", "quiz").order_by("title", "pk")
    for word in search.split()[:8]:
        modules = modules.filter(title__icontains=word)
    return modules


def matrix(viewer: Person, modules: Sequence[Module], on: date, *, team: Team | None = None) -> Matrix:
    """These modules by the teams right below the chosen one; without one, by the viewer's topmost teams."""
    counted = list(by_team(viewer, modules, on, team=team))
    teams = list(teams_reported_to(viewer, on))
    paths = {row.pk: row.path for row in teams}
    columns, above = _columns(teams, team)
    shown = columns[:MOST_COLUMNS]
    ids = {team_id for _module, team_id, _cell in counted}
    # Who is in the upper team itself, or in none, belongs to no team below: a column of their own, where there is anybody.
    if above is not None and above.pk in ids:
        shown.append(Column(above, own=True))
    if None in ids:
        shown.append(Column(None))
    rows = {module.pk: ModuleRow(module, cells=[Cell() for _column in shown]) for module in modules}
    for module_id, team_id, cell in counted:
        row = rows[module_id]
        row.total.add(cell)
        place = next((n for n, column in enumerate(shown) if column.holds(team_id, paths.get(team_id or 0, ""))), None)
        if place is not None:
            row.cells[place].add(cell)
    return Matrix(shown, list(rows.values()), max(0, len(columns) - MOST_COLUMNS))


def _columns(teams: list[Team], chosen: Team | None) -> tuple[list[Column], Team | None]:
    """The teams right below the chosen one, and it; or it alone where there is none. Without one chosen, the topmost."""
    if chosen is None:
        known = {team.pk for team in teams}
        roots = [team for team in teams if team.parent_id not in known]
        if len(roots) != 1:
            return [Column(team, _has_below(team, teams)) for team in sorted(roots, key=lambda team: team.name)], None
        chosen = roots[0]
    below = sorted((team for team in teams if team.parent_id == chosen.pk), key=lambda team: team.name)
    if not below:
        return [Column(chosen)], None
    return [Column(team, _has_below(team, teams)) for team in below], chosen


def _has_below(team: Team, teams: Iterable[Team]) -> bool:
    return any(other.parent_id == team.pk for other in teams)


def by_team(
    viewer: Person, modules: Sequence[Module] | None, on: date, *, team: Team | None = None
) -> Iterator[tuple[int, int | None, Cell]]:
    """(module id, team id of today or None, counts) of everybody in the viewer's sight; `modules` None: all of them."""
    rows = Assignment.objects.exclude(state=Assignment.State.WITHDRAWN).filter(person__is_active=True)
    if modules is not None:
        rows = rows.filter(module__in=[module.pk for module in modules])
    today = Membership.objects.on(on).filter(kind=Membership.Kind.MEMBER)
    inside = Q(person__memberships__in=_memberships(viewer, on, team, today))
    grouped = rows.filter(inside).order_by().values("module_id", "person__memberships__team_id")
    for row in _counted(grouped, on):
        yield row["module_id"], row["person__memberships__team_id"], _cell(row)
    if team is None and viewer.has_role(Role.HEAD):
        outside = rows.exclude(person__in=today.values("person_id")).order_by().values("module_id")
        for row in _counted(outside, on):
            yield row["module_id"], None, _cell(row)


def _memberships(viewer: Person, on: date, team: Team | None, today: QuerySet[Membership]) -> QuerySet[Membership, Any]:
    teams = teams_reported_to(viewer, on)
    if team is not None:
        teams = teams.filter(path__startswith=team.path)
    return today.filter(team__in=teams.values("pk")).values("pk")


def _counted(grouped: QuerySet[Assignment, Any], on: date) -> QuerySet[Assignment, Any]:
    # At most one open assignment per person and module (a constraint), so open ones need no telling apart.
    return grouped.annotate(
        n=Count("person", distinct=True),
        done=Count("person", distinct=True, filter=IS_DONE),
        open=Count("pk", filter=IS_OPEN),
        overdue=Count("pk", filter=IS_OPEN & Q(due_on__lt=on)),
    )


def _cell(row: dict[str, Any]) -> Cell:
    return Cell(row["n"], row["done"], row["open"], row["overdue"])


def people_counted(viewer: Person, on: date) -> int:
    """How many people with an account in use the reports of this viewer are about."""
    return people_reported_to(viewer, on).filter(is_active=True).count()
