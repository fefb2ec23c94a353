"""The company that the benchmarks of pages look at, its cases by the million, and what counting them costs."""

from __future__ import annotations

import io
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from unittest import mock

TEAM, TOPICS, ACCOUNTS = 40, 25, 500
LONG_AGO = timedelta(days=800)
CHUNK = 500_000  # cases per transaction, so that what PostgreSQL checks at its end fits into memory


def shape(cases: int) -> tuple[int, int]:
    """(reps, weeks) of a company with so many cases.

    A larger company has more teams and a longer past, but nobody's day has more hours: a rep has 14 cases a day in the first
    hundred thousand, 23 at a million, 34 at ten million.
    """
    return (TEAM, 26) if cases <= 200_000 else (3 * TEAM, 52) if cases <= 2_000_000 else (10 * TEAM, 104)


def company() -> None:
    """One lead, one head, no rep yet, 500 accounts, the default metrics."""
    from coaching.interactions.models import Account, Source
    from coaching.metrics.services import ensure_default_metrics
    from people import services
    from people.models import Membership, Role

    now = datetime.now(UTC)
    team = services.create_team(actor=None, name="Bench", now=now)
    lead = services.create_person(actor=None, email="lead@example.com", display_name="Lead", roles=[Role.LEAD], now=now)
    services.join_team(actor=None, person=lead, team=team, starts_on=(now - LONG_AGO).date(), kind=Membership.Kind.LEAD, now=now)
    services.create_person(actor=None, email="head@example.com", display_name="Head", roles=[Role.HEAD], now=now)
    source = Source.objects.create(key="bench", name="Bench")
    Account.objects.bulk_create(
        Account(
            source=source, external_key=f"A{n}", name=f"Account {n}", yearly_value=1000 + n, currency="EUR", segment=f"S{n % 3}"
        )
        for n in range(ACCOUNTS)
    )
    ensure_default_metrics(now=now)


def hire(reps: int) -> None:
    """As many reps as that, with one handler each, in teams of 40; the lead's team first."""
    from coaching.interactions.models import Handler, Source
    from people import services
    from people.models import Role, Team

    now, source = datetime.now(UTC), Source.objects.get()
    for number in range(Handler.objects.count(), reps):
        if number and number % TEAM == 0:
            services.create_team(actor=None, name=f"Bench {number // TEAM + 1}", now=now)
        rep = services.create_person(
            actor=None, email=f"rep{number}@example.com", display_name=f"Rep {number:03}", roles=[Role.REP], now=now
        )
        team = Team.objects.order_by("-pk")[0]
        services.join_team(actor=None, person=rep, team=team, starts_on=(now - LONG_AGO).date(), now=now)
        Handler.objects.create(source=source, external_key=str(number), person=rep)


def generate(first: int, last: int) -> None:
    """Cases first+1 … last, in the order of their times as a helpdesk exports them, spread by a fixed hash over reps, lengths,
    25 topics, four channels and customers with three cases each; a fifth is rated, half name an account.

    Set-based, and on PostgreSQL into a table without its secondary indexes where it is empty, as a first load is.
    """
    from coaching.interactions.importing.first_load import indexes_built_after
    from coaching.interactions.models import Interaction

    hire(shape(last)[0])
    with indexes_built_after(Interaction):
        for start in range(first, last, CHUNK):
            _generate(start, min(last, start + CHUNK), (first, last))


def _generate(first: int, last: int, whole: tuple[int, int]) -> None:
    from django.db import connection, transaction

    from coaching.interactions.models import Handler, Source

    reps, weeks = shape(whole[1])
    source, low_handler = Source.objects.get().pk, Handler.objects.order_by("pk").values_list("pk", flat=True)[0]
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - timedelta(days=7 * weeks - 1)
    if connection.vendor == "sqlite":
        series = f"WITH RECURSIVE n(i) AS (SELECT {first + 1} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
        origin = start.strftime("%Y-%m-%d %H:%M:%S")

        def moment(seconds: str) -> str:
            return f"datetime('{origin}', '+' || ({seconds}) || ' seconds')"

        def day(seconds: str) -> str:
            return f"date('{origin}', '+' || ({seconds}) || ' seconds')"

        true, false = "1", "0"
    else:
        series = f"WITH n(i) AS (SELECT generate_series({first + 1}::bigint, {last}))"

        def moment(seconds: str) -> str:
            return f"timestamptz '{start.isoformat()}' + ({seconds}) * interval '1 second'"

        def day(seconds: str) -> str:
            return f"(({moment(seconds)}) AT TIME ZONE 'UTC')::date"

        true, false = "true", "false"
    h = "((i * 2654435761) % 4294967296)"
    span, (begin, end) = 7 * weeks * 86400 - 86400 - 3600, whole
    opened = f"((i - {begin}) * {span} / {end - begin} + {h} % 3600)"
    took = f"(60 + ({h} / 7 % 600) * ({h} / 4200 % 600))"
    resolved = f"({opened} + {took})"
    channel = "CASE (i * 104729) % 4 WHEN 0 THEN 'email' WHEN 1 THEN 'chat' WHEN 2 THEN 'phone' ELSE 'web' END"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO coaching_interactions_interaction (id, source_id, external_id, handler_id, channel, status, subject,
                topic, customer, account, opened_at, opened_on, resolved_at, resolved_on, reopens, handle_seconds, answered,
                from_messages)
            {series} SELECT i, {source}, CAST(i AS varchar(20)), {low_handler} + i % {reps}, {channel}, 'resolved', 'A case',
                'Topic ' || ((i * 7919) % {TOPICS}), 'c' || CAST({h} % {max(1, end // 3)} AS varchar(20)),
                CASE WHEN i % 2 = 0 THEN 'A' || CAST({h} / 7 % {ACCOUNTS} AS varchar(20)) ELSE '' END,
                {moment(opened)}, {day(opened)}, {moment(resolved)}, {day(resolved)}, CASE WHEN i % 11 = 0 THEN 1 ELSE 0 END,
                {h} % 3600, CASE i % 3 WHEN 0 THEN {true} WHEN 1 THEN NULL ELSE {false} END, {false}
            FROM n"""
        )
        cursor.execute(
            f"""INSERT INTO coaching_interactions_surveyresponse (source_id, external_id, kind, interaction_id, handler_id,
                raw_value, scale_min, scale_max, polarity, comment, responded_at, responded_on, case_key)
            {series} SELECT {source}, CAST(i AS varchar(20)), 'csat', i, {low_handler} + i % {reps}, 5, 1, 5,
                CASE WHEN {h} % 6 = 0 THEN -1 ELSE 1 END, '', {moment(opened)}, {day(opened)}, '' FROM n WHERE {h} / 3600 % 5 = 0"""
        )
        if connection.vendor == "postgresql":
            table = "coaching_interactions_interaction"
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class Peak:
    """The most memory this process has held since; in MB. Linux keeps it resettable, elsewhere it is that of all its life."""

    def __init__(self) -> None:
        clear = Path("/proc/self/clear_refs")
        if clear.exists():
            clear.write_text("5")

    @property
    def mb(self) -> float:
        status = Path("/proc/self/status")
        if status.exists():
            kilobytes = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            return round(int(kilobytes) / 1024, 1)
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(most / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def rebuild() -> dict[str, float]:
    """Count every figure: the seconds it took, and the most memory this process held meanwhile."""
    from django.core.management import call_command

    analyze()
    peak, start = Peak(), time.perf_counter()
    call_command("rebuild_rollups", stdout=io.StringIO())
    took = time.perf_counter() - start
    most = peak.mb
    analyze()
    return {"rebuild_s": round(took, 1), "rebuild_peak_mb": most}


def recount_one_day() -> dict[str, float]:
    """Milliseconds to count all that follows from one changed case of one rep, by what is counted."""
    from coaching.interactions.models import ChangedDay
    from coaching.metrics import recount
    from coaching.metrics.demand.counting import count_demand_days
    from coaching.metrics.explorer.counting import count_changed_weeks
    from coaching.metrics.models import Rollup

    now = datetime.now(UTC)
    last = Rollup.objects.order_by("-day").values_list("day", flat=True)[0] - timedelta(days=30)
    person = Rollup.objects.filter(day=last).order_by("person_id").values_list("person_id", flat=True)[0]
    ChangedDay.objects.create(person_id=person, day=last)
    times = [time.perf_counter()]
    with mock.patch.object(recount, "count_demand_days"):  # counted next, to be told apart
        recount.recount_changed_days(now)
    times.append(time.perf_counter())
    count_demand_days(now)
    times.append(time.perf_counter())
    count_changed_weeks()
    times.append(time.perf_counter())
    parts = ("the rep's figures", "the company's demand", "their week by topic")
    told = {name: (after - before) * 1000 for name, (before, after) in zip(parts, pairwise(times), strict=True)}
    return {name: round(ms, 1) for name, ms in (told | {"all": sum(told.values())}).items()}


def rows() -> dict[str, int]:
    """How many rows hold the counts."""
    from coaching.metrics.models import PersonSegmentRollup, Rollup, SegmentRollup

    tables = {"daily": Rollup, "by_topic": SegmentRollup, "by_person_and_topic": PersonSegmentRollup}
    return {name: table.objects.count() for name, table in tables.items()}
