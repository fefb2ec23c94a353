"""The cases of some days as columns, read once by index for everything that is counted of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Count

from coaching.interactions.models import Handler, Interaction
from coaching.metrics.rows import FETCH, INTERACTION, SURVEY, day_of, in_loads, seconds_of
from foundation.planning import looked_up

Columns = dict[str, np.ndarray]
HANDLERS_AT_ONCE = 500
TEXTS = ("topic", "channel", "customer", "account")


def people_of_handlers() -> dict[int, int]:
    """Handler → person, of those that are matched."""
    return dict(Handler.objects.exclude(person=None).values_list("pk", "person_id"))


def parts_of(handlers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Some handlers at a time."""
    for start in range(0, len(handlers), HANDLERS_AT_ONCE):
        yield handlers[start : start + HANDLERS_AT_ONCE]


def days_in_parts(days: Sequence[date], handlers: Sequence[int]) -> list[list[date]]:
    """The days in parts that fit into memory: with about `rows.MOST_ROWS` cases each at most, as far as one day allows."""
    numbers: Counter[date] = Counter()
    for part in parts_of(handlers):
        opened = Interaction.objects.filter(handler__in=part, opened_on__in=days).order_by()
        numbers.update(dict(opened.values_list("opened_on").annotate(Count("opened_on"))))
    return in_loads((day, numbers[day]) for day in sorted(days))


def micros_of(column: str) -> str:
    """Whole microseconds since 1970 UTC."""
    if connection.vendor == "sqlite":
        return f"({seconds_of(column)} * 1000000 + CAST(substr({column} || '.000000', 21, 6) AS integer))"
    # Rounded, since a double next to the moment is what it is worked out from: exact until the year 2106.
    return f"CAST(date_part('epoch', {column}) * 1000000 AS bigint)"


def cases_opened_on(days: Sequence[date], handlers: Sequence[int]) -> Columns:
    """The cases of these handlers opened on these days. Numbers are doubles, NaN where there is nothing."""
    numbers = {
        "case": "x.id",
        "handler": "x.handler_id",
        "source": "x.source_id",
        "day": day_of("x.opened_on"),
        "opened": micros_of("x.opened_at"),
        "replied": seconds_of("x.first_reply_at"),
        "ended": seconds_of("x.resolved_at"),
        "resolved": "CASE WHEN x.resolved_on IS NULL THEN 0 ELSE 1 END",
        "reopens": "x.reopens",
        "replies": "x.replies",
        "customer_replies": "x.customer_replies",
        "handle": "x.handle_seconds",
    }
    return _read(numbers, {name: f"x.{name}" for name in TEXTS}, f"{INTERACTION} x", "x.opened_on", "1 = 1", days, handlers)


def ratings_of_accounts(days: Sequence[date], handlers: Sequence[int]) -> Columns:
    """The satisfaction ratings of these handlers given on these days, about cases that name an account."""
    return _read(
        {"day": day_of("s.responded_on"), "source": "x.source_id", "polarity": "s.polarity"},
        {"account": "x.account"},
        f"{SURVEY} s {looked_up(INTERACTION, 'x', 'x.id = s.interaction_id')}",
        "s.responded_on",
        "s.kind = 'csat' AND NOT (x.account = '')",
        days,
        handlers,
    )


def _read(
    numbers: dict[str, str],
    texts: dict[str, str],
    source: str,
    day: str,
    condition: str,
    days: Sequence[date],
    handlers: Sequence[int],
) -> Columns:
    found: dict[str, list[np.ndarray]] = {name: [] for name in (*numbers, *texts)}
    owner = f"{day.split('.')[0]}.handler_id"
    for part in parts_of(handlers):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join((*numbers.values(), *texts.values()))} FROM {source} "
                f"WHERE {owner} IN ({', '.join(['%s'] * len(part))}) AND {day} IN ({', '.join(['%s'] * len(days))}) AND {condition}",
                [*part, *days],
            )
            while rows := cursor.fetchmany(FETCH):
                columns: Iterator[Any] = zip(*rows, strict=True)
                for name in numbers:
                    found[name].append(np.array(next(columns), dtype=float))
                for name in texts:
                    found[name].append(np.array(next(columns), dtype=object))
    return {
        name: np.concatenate(parts) if parts else np.empty(0, dtype=object if name in texts else float)
        for name, parts in found.items()
    }
