"""Counting rollups from raw rows, in whole arrays, on SQLite and PostgreSQL alike.

Two scopes: the (person, day) pairs marked in `ChangedDay`, batch by batch, and one person's whole
history (`rebuild_rollups`). Each batch is one transaction that throws the pairs' rollups away,
counts them anew and takes their marks, so that a killed run leaves marks, never half a count.

**Days that change without a mark.** Whether a case was settled at the first contact depends on the
customer's later cases. A batch therefore also counts first contact again for the days of the earlier
cases that the marked days' cases may have turned into repeats (`rows.days_before`): the import need not
look for them.

**Why the mark table is locked on PostgreSQL.** An import writes cases and then marks in one
transaction. Where the mark already stands, its insert does nothing; a recount running beside it
would then count the old rows and delete the mark, and the import's change would never be counted.
SHARE ROW EXCLUSIVE waits for every transaction that has written a mark and keeps new ones out until
the batch is committed. SQLite has one writer at a time anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction

from coaching.interactions.models import ChangedDay, Interaction
from coaching.metrics import rows
from coaching.metrics.business_hours import EPOCH, Hours
from coaching.metrics.calendars import CalendarBook, calendar_book
from coaching.metrics.counting import Counting, Tally, person_and_day, repeat_rules
from coaching.metrics.demand.counting import count_demand_days, note_days
from coaching.metrics.explorer import marking
from coaching.metrics.models import LastRecount, MetricDefinition, Rollup
from coaching.metrics.rows import HANDLER, INTERACTION, SURVEY, Columns, Pair
from coaching.metrics.variants import repeat_rule, uses_business_hours
from foundation.planning import among_found, looked_up
from foundation.writers import Pace
from people.models import Membership

BATCH = 500  # marked days per transaction
HISTORIES = 25  # people whose whole history is counted per transaction
BATCH_BEFORE = 2_000  # and days of earlier cases at once

MARK = ChangedDay._meta.db_table
ROLLUP = Rollup._meta.db_table
MEMBERSHIP = Membership._meta.db_table

# The team somebody was a member of on the day; the later membership where old data overlap.
TEAM_OF_DAY = f"""(SELECT m.team_id FROM {MEMBERSHIP} m WHERE m.person_id = g.person_id AND m.kind = 'member'
    AND m.starts_on <= g.day AND (m.ends_on IS NULL OR m.ends_on > g.day)
    ORDER BY m.starts_on DESC, m.id DESC LIMIT 1)"""

OF_PAIR = "r.person_id = t.person_id AND r.day = t.day"

COLUMNS = "definition_id, person_id, team_id, day, numerator, denominator, histogram"


class TeamsOfDays:
    """Which team the people of a batch were members of on each day; as `TEAM_OF_DAY`, for whole arrays."""

    def __init__(self, people: Iterable[int]) -> None:
        members = Membership.objects.filter(person__in=set(people), kind=Membership.Kind.MEMBER).order_by("starts_on", "pk")
        self.spans = [
            (person, (starts_on - EPOCH).days, (ends_on - EPOCH).days if ends_on else None, team)
            for person, starts_on, ends_on, team in members.values_list("person_id", "starts_on", "ends_on", "team_id")
        ]

    def of(self, keys: np.ndarray) -> np.ndarray:
        """Team ids; 0 for none."""
        person, day = person_and_day(keys)
        teams = np.zeros(len(keys), dtype=np.int64)
        for who, starts_on, ends_on, team in self.spans:
            inside = (person == who) & (day >= starts_on)
            if ends_on is not None:
                inside &= day < ends_on
            teams[inside] = team
        return teams


class _Batch:
    """Counts and writes one batch of (person, day) pairs, or one person's history."""

    def __init__(self, definitions: Sequence[MetricDefinition], people: Iterable[int]) -> None:
        self.definitions = definitions
        self.teams = TeamsOfDays(people)
        needed = any(uses_business_hours(definition) for definition in definitions)
        self.book: CalendarBook | None = calendar_book() if needed else None

    def hours_of(self, keys: np.ndarray) -> list[tuple[Hours, np.ndarray]]:
        """The calendars of these (person, day)s, each with the places it is for."""
        book = self.book or calendar_book()
        unique, place = np.unique(keys, return_inverse=True)
        teams = self.teams.of(unique)
        by_hours: dict[Hours, list[int]] = {}
        for team in np.unique(teams).tolist():
            by_hours.setdefault(book.of_team(team or None), []).append(team)
        return [(hours, np.flatnonzero(np.isin(teams, of)[place])) for hours, of in by_hours.items()]

    def write(self, opened: Columns, resolved: Columns, given: Columns) -> None:
        counting = Counting(opened, resolved, given, self.hours_of)
        for definition in self.definitions:
            self._insert(definition, counting.tally(definition))

    def _insert(self, definition: MetricDefinition, tally: Tally) -> None:
        size = len(tally.keys)
        if not size:
            return
        person, day = person_and_day(tally.keys)
        numbers, codes = np.unique(day, return_inverse=True)
        texts = [(EPOCH + timedelta(days=number)).isoformat() for number in numbers.tolist()]
        columns: list[Sequence[Any]] = [
            [definition.pk] * size,
            person.tolist(),
            [team or None for team in self.teams.of(tally.keys).tolist()],
            [texts[code] for code in codes.tolist()],
            tally.numerators.tolist(),
            tally.denominators.tolist(),
            tally.histograms or [None] * size,
        ]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with connection.wrap_database_errors, cursor.copy(f"COPY {ROLLUP} ({COLUMNS}) FROM STDIN") as copy:
                    for row in zip(*columns, strict=True):
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {ROLLUP} ({COLUMNS}) VALUES ({marks})", list(zip(*columns, strict=True)))


def _current() -> list[MetricDefinition]:
    return list(MetricDefinition.objects.current())


def _forget(pairs: Sequence[Pair], definitions: Sequence[MetricDefinition] | None = None) -> None:
    """Throw the pairs' rollups away; only those of some definitions where they are given. Has their weeks counted by topic again."""
    table, text = rows.pairs_as_rows(pairs)
    marking.note_weeks(f"SELECT t.person_id, t.day FROM {table} t", (text,))
    only = "" if definitions is None else f" AND r.definition_id IN ({', '.join(str(d.pk) for d in definitions)})"
    found = f"SELECT r.id FROM {table} t {looked_up(ROLLUP, 'r', OF_PAIR + only)}"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {ROLLUP} WHERE {among_found(found)}", (text,))


def _count_pairs(pairs: Sequence[Pair], definitions: Sequence[MetricDefinition]) -> None:
    """Throw away and count anew; inside the caller's transaction."""
    _forget(pairs)
    for part in rows.in_parts(pairs):
        scope = rows.of_pairs(part)
        _Batch(definitions, (person for person, _day in part)).write(
            rows.cases_opened(scope), rows.cases_resolved(scope, repeat_rules(definitions)), rows.answers(scope)
        )


def _count_before(
    marked: str, params: tuple[Any, ...], definitions: Sequence[MetricDefinition], counted: Collection[int] = ()
) -> None:
    """Count first contact again on the days of earlier cases, of people not just `counted` whole, that bear no mark themselves."""
    asking = [definition for definition in definitions if repeat_rule(definition)]
    if not asking:
        return
    longest = max(days for days, _same in repeat_rules(asking))
    before = sorted(pair for pair in rows.days_before(marked, params, longest) if pair[0] not in counted)
    for start in range(0, len(before), BATCH_BEFORE):
        pairs = before[start : start + BATCH_BEFORE]
        _forget(pairs, asking)
        for part in rows.in_parts(pairs):
            resolved = rows.cases_resolved(rows.of_pairs(part), repeat_rules(asking))
            nothing = {name: values[:0] for name, values in resolved.items()}
            none_given = {name: np.empty(0) for name in ("person", "responded_on", "kind", "polarity")}
            _Batch(asking, (person for person, _day in part)).write(nothing, resolved, none_given)


def _hold_marks() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {MARK} IN SHARE ROW EXCLUSIVE MODE")


def recount_changed_days(now: datetime, limit: int | None = None) -> int:
    """Count every marked (person, day) again and take its mark; the number of days, and whole histories, counted.

    Stops after about `limit` days where one is given. Safe to kill and to run beside itself: each
    batch of at most 500 days is one transaction. Where one writes at a time, a whole history is cut into its days:
    it would keep everybody else waiting for longer than a click may take.
    """
    done = 0
    whole, pace = _whole_histories(limit), Pace(HISTORIES)
    if pace.alone:
        for person_id in whole:
            with pace.step():
                _mark_history_by_day(person_id)
        whole = []
    while done < len(whole):
        # Some at a time: the customers who came back from one of them to another are looked for once.
        people = whole[done : done + pace.size]
        with pace.step():
            recount_people(people, now)
        done += len(people)
    pace = Pace(BATCH)
    while limit is None or done < limit:
        size = pace.size if limit is None else min(pace.size, limit - done)
        with pace.step():
            counted = _recount_batch(now, size)
        done += counted
        if counted < size:
            break
    count_demand_days(now)
    return done


def _whole_histories(limit: int | None) -> list[int]:
    """The people marked as a whole; counting them takes the marks of their single days too."""
    return list(ChangedDay.objects.filter(day=None).order_by("pk").values_list("person_id", flat=True)[:limit])


@transaction.atomic
def _mark_history_by_day(person_id: int) -> None:
    """Put marks of all days that a person has anything on, or had it counted on, in the place of the mark of the whole."""
    _mark_days_with_rows("h.person_id = %s", (person_id,))
    mark_days_of(person_id, date.min)
    ChangedDay.objects.filter(person=person_id, day=None).delete()


@transaction.atomic
def _recount_batch(now: datetime, size: int) -> int:
    _hold_marks()
    days = ChangedDay.objects.exclude(day=None)
    marks = list(days.order_by("pk").values_list("pk", "person_id", "day")[:size])
    if marks:
        # Nobody can add a mark between the first and the last meanwhile: the table is held.
        definitions, pairs = _current(), [(person_id, day) for _pk, person_id, day in marks if day]
        _count_pairs(pairs, definitions)
        table, text = rows.pairs_as_rows(pairs)
        _count_before(table, (text,), definitions)
        marking.note_weeks_of_ratings(table, (text,))
        note_days({day for _person_id, day in pairs})
        days.filter(pk__range=(marks[0][0], marks[-1][0])).delete()
    LastRecount.objects.update_or_create(id=1, defaults={"counted_at": now})
    return len(marks)


def _count_history(person_id: int, definitions: Sequence[MetricDefinition]) -> None:
    """Count all of a person's days: from one read where their cases fit into memory, else span by span."""
    batch, repeats = _Batch(definitions, [person_id]), repeat_rules(definitions)
    spans = rows.spans_of(person_id)
    for first, last in spans:
        scope = rows.of_person_between(person_id, first, last)
        if len(spans) > 1:
            # A case that was opened in one span and resolved in another is read for both.
            batch.write(rows.cases_opened(scope), rows.cases_resolved(scope, repeats), rows.answers(scope))
            continue
        cases = rows.all_cases(scope, repeats)
        ended = ~np.isnan(cases["resolved_on"])
        batch.write(cases, {name: values[ended] for name, values in cases.items()}, rows.answers(scope))


def recount_person(person_id: int, now: datetime) -> None:
    """Count one person's whole history anew and take their marks: the unit of `rebuild_rollups`."""
    recount_people([person_id], now)


@transaction.atomic
def recount_people(people: Sequence[int], now: datetime) -> None:
    """Count the whole histories of some people anew and take their marks, in one transaction."""
    _hold_marks()
    definitions = _current()
    days_of = Rollup.objects.filter(person__in=people).order_by().values_list("day", flat=True).distinct()
    note_days(days_of)
    for person_id in people:
        own_days, params = f"SELECT person_id, day FROM {ROLLUP} WHERE person_id = %s", (person_id,)
        marking.note_weeks(own_days, params)  # as they were, and below as they are
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {ROLLUP} WHERE person_id = %s", (person_id,))
        _count_history(person_id, definitions)
        marking.note_weeks(own_days, params)
    for person_id in people:
        # After everybody's: a rating of one person's case may count for another of them.
        marking.note_weeks_of_ratings_of(person_id)
    note_days(days_of.all())
    marks = ChangedDay.objects.filter(person__in=people)
    marked = set(marks.values_list("person_id", "day"))
    if marked:
        days = {(person_id, day) for person_id, day in marked if day}
        whole = [person_id for person_id, day in marked if day is None]
        if whole:
            opened = Interaction.objects.filter(handler__person__in=whole).order_by()
            days.update(opened.values_list("handler__person_id", "opened_on").distinct())
        table, text = rows.pairs_as_rows(sorted(days))
        _count_before(table, (text,), definitions, counted=people)
        marks.delete()
    LastRecount.objects.update_or_create(id=1, defaults={"counted_at": now})


def mark_all_days() -> None:
    """Mark every day that anybody has a case, a resolution or a rating on; for a changed way of counting."""
    _mark_days_with_rows("h.person_id IS NOT NULL", ())


def _mark_days_with_rows(condition: str, params: tuple[Any, ...]) -> None:
    statements = [
        f"SELECT h.person_id, x.{day} FROM {HANDLER} h JOIN {table} x ON x.handler_id = h.id "
        f"WHERE {condition} AND x.{day} IS NOT NULL GROUP BY h.person_id, x.{day}"
        for table, day in ((INTERACTION, "opened_on"), (INTERACTION, "resolved_on"), (SURVEY, "responded_on"))
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MARK} (person_id, day) {' UNION '.join(statements)} ON CONFLICT DO NOTHING", params * len(statements)
        )


def mark_days_of(person_id: int, from_day: date) -> int:
    """Mark the person's counted days from that day on; the number of days."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MARK} (person_id, day) SELECT DISTINCT r.person_id, r.day FROM {ROLLUP} r "
            "WHERE r.person_id = %s AND r.day >= %s ON CONFLICT DO NOTHING",
            (person_id, from_day),
        )
        return int(cursor.rowcount)


def mark_moved_days() -> int:
    """Mark the days whose rollup names another team than the membership of that day; the number of days."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MARK} (person_id, day) SELECT DISTINCT g.person_id, g.day FROM {ROLLUP} g "
            f"WHERE COALESCE(g.team_id, 0) <> COALESCE({TEAM_OF_DAY}, 0) ON CONFLICT DO NOTHING"
        )
        return int(cursor.rowcount)


def mark_days_of_teams(teams: Iterable[int] | None, definitions: Sequence[MetricDefinition]) -> int:
    """Mark the days that these teams (None: anybody) have rollups of some definitions on; the number of days."""
    if not definitions:
        return 0
    found = Rollup.objects.filter(definition__in=definitions)
    if teams is not None:
        found = found.filter(team__in=list(teams))
    sql, params = found.order_by().values_list("person_id", "day").distinct().query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {MARK} (person_id, day) {sql} ON CONFLICT DO NOTHING", params)
        return int(cursor.rowcount)
