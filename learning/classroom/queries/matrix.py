"""Completion by team and module. Set-based: a page asks a handful of queries, whoever and however many are in it.

People are counted in the team they are in today, and in all teams above it; each person once, however often a module was
assigned to them. What was withdrawn counts nowhere, nor does who has no account in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Value, When

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


def modules_reported(viewer: Person, on: date, search: str = "") -> QuerySet[Module]:
    """Modules that anybody in the viewer's sight has or had to do, by title, those off the site too."""
    used = Assignment.objects.filter(module=OuterRef("pk")).exclude(state=Assignment.State.WITHDRAWN)
    if not viewer.has_role(Role.HEAD):
        used = used.filter(person__in=people_reported_to(viewer, on).values("pk"))
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


# The inner statement gives one row per module and person: over the index it comes sorted and needs nothing told apart again.
# Asked in one go with COUNT(DISTINCT …), the same figures took four times as long for ten thousand people.
BY_TEAM = """
    SELECT counted.module_id, member.team_id, COUNT(*), SUM(counted.done), SUM(counted.open), SUM(counted.overdue)
    FROM ({inner}) counted
    JOIN {person} person ON person.id = counted.person_id AND person.is_active
    {join} JOIN ({members}) member ON member.person_id = counted.person_id
    GROUP BY counted.module_id, member.team_id
"""


def by_team(
    viewer: Person, modules: Sequence[Module] | None, on: date, *, team: Team | None = None
) -> Iterator[tuple[int, int | None, Cell]]:
    """(module id, team id of today or None, counts) of everybody in the viewer's sight; `modules` None: all of them."""
    if modules is not None and not modules:
        return
    everybody = team is None and viewer.has_role(Role.HEAD)
    members = Membership.objects.on(on).filter(kind=Membership.Kind.MEMBER).order_by()
    rows = Assignment.objects.exclude(state=Assignment.State.WITHDRAWN).order_by()
    if modules is not None:
        rows = rows.filter(module__in=[module.pk for module in modules])
    if not everybody:
        teams = teams_reported_to(viewer, on)
        if team is not None:
            teams = teams.filter(path__startswith=team.path)
        members = members.filter(team__in=teams.values("pk"))
        rows = rows.filter(person__in=members.values("person_id"))
    inner = rows.values("module_id", "person_id").annotate(
        done=_any(IS_DONE), open=_any(IS_OPEN), overdue=_any(IS_OPEN & Q(due_on__lt=on))
    )
    inner_sql, inner_values = inner.query.sql_with_params()
    members_sql, member_values = members.values("person_id", "team_id").query.sql_with_params()
    statement = BY_TEAM.format(
        inner=inner_sql,
        members=members_sql,
        person=connection.ops.quote_name(Person._meta.db_table),
        join="LEFT" if everybody else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*inner_values, *member_values])
        found = cursor.fetchall()
    for module_id, team_id, *counts in found:
        yield module_id, team_id, Cell(*(int(count) for count in counts))


def _any(condition: Q) -> Max:
    """1 where it holds for any of the rows, else 0."""
    return Max(Case(When(condition, then=Value(1)), default=Value(0)))


def people_counted(viewer: Person, on: date) -> int:
    """How many people with an account in use the reports of this viewer are about."""
    return people_reported_to(viewer, on).filter(is_active=True).count()
