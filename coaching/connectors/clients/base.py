"""What all clients share: streams, pages, and three ways of going through a list without losing a row.

*Ascending by change* (`ascending`): each request asks for what changed since the newest row seen, oldest
first. A row that changes meanwhile moves to the end and is met again; nothing slips through between two
pages, as it would with page numbers over a list that shifts.

*By creation* (`RatingsPass`): lists that can only be asked by the time of creation are read again some days
back each time, and a month back once a day, because answers come and change after they were created.

A cursor never goes past the helpdesk's own clock: a row dated in the future would hide all that follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from coaching.connectors.calling import Answer, Caller
from coaching.connectors.pacing import Pace
from coaching.connectors.problems import ConnectorError

Cursor = dict[str, Any]
OVERLAP = timedelta(minutes=5)  # rows that became visible late, or were stamped by a clock that lags
EARLY_OVERLAP, DEEP_OVERLAP, DEEP_EVERY = timedelta(days=2), timedelta(days=30), timedelta(hours=20)
SMALLEST_PAGE = 5


@dataclass(frozen=True)
class Stream:
    """A list that a helpdesk offers. `kinds` are the imports its objects go through, in order."""

    name: str
    label: str | Promise
    kinds: tuple[str, ...]
    optional: bool = False  # a plan may lack it, or the account the right: said as a note, not an error


@dataclass(frozen=True)
class Page:
    """Objects, and the cursor behind them. `as_of`: everything changed up to then has come, if it is known."""

    objects: list[dict[str, Any]]
    cursor: Cursor
    more: bool
    as_of: datetime | None = None
    odd: int = 0  # entries that are no objects at all


class Client:
    """Reads one helpdesk. `started` is when the run began, on our clock."""

    streams: ClassVar[tuple[Stream, ...]]
    size = 100  # objects per page, where the helpdesk lets us choose

    def __init__(self, *, base_url: str, options: dict[str, str], secrets: dict[str, str], pace: Pace, tries: int = 6) -> None:
        self.options, self.secrets, self.pace = options, secrets, pace
        self.started = pace.clock()
        self.caller = Caller(base_url=base_url, pace=pace, tries=tries, **self.identify())
        self._first_served: datetime | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_error: object) -> None:
        self.caller.__exit__()

    def identify(self) -> dict[str, Any]:
        """`name`, `headers` and `auth` for the caller."""
        raise NotImplementedError

    def check(self) -> str:
        """Sign in and read a little of what a run needs; whose credentials they are. Raises ConnectorError."""
        raise NotImplementedError

    def first_cursor(self, stream: str, since: date) -> Cursor:
        """Where a stream begins that was never read."""
        return {"since": stamp(datetime.combine(since, time(), tzinfo=UTC))}

    def page(self, stream: str, cursor: Cursor) -> Page:
        """The page at a cursor. Raises ConnectorError; asking again at the same cursor is always safe."""
        raise NotImplementedError

    def smaller(self) -> bool:
        """Ask for half as much from now on; False where it cannot be less."""
        if self.size // 2 < SMALLEST_PAGE:
            return False
        self.size //= 2
        return True

    def objects(self, found: Any) -> tuple[list[dict[str, Any]], int]:
        """The objects of a list, and how many entries are none. Raises ConnectorError where it is no list."""
        if not isinstance(found, list):
            raise self.caller.odd()
        good = [item for item in found if isinstance(item, dict)]
        return good, len(found) - len(good)

    def served(self, answer: Answer) -> datetime:
        """The helpdesk's clock at this answer; the first is kept as the moment that the pass may reach."""
        if self._first_served is None:
            self._first_served = answer.served_at
        return answer.served_at

    def ascending(self, cursor: Cursor, objects: list[dict[str, Any]], odd: int, field: str, answer: Answer) -> Page:
        """The page of a list that is ordered by the time in `field`, oldest first, beginning at the cursor's `since`."""
        since, served = parsed(cursor["since"]), self.served(answer)
        start = parsed(cursor.get("from") or cursor["since"])
        times = [moment for moment in (moment_of(item.get(field)) for item in objects) if moment is not None]
        if objects and not times:
            raise self.caller.odd()
        newest = max([since, self._safely_behind(times, served)])
        reached = self._first_served is not None and newest >= self._first_served
        one_moment = bool(times) and min(times).replace(microsecond=0) >= newest
        # A helpdesk may give fewer than it was asked for: several rows of one moment may go on over the page, too.
        full = len(objects) + odd >= self.size or (one_moment and len(objects) > 1)
        if full and (newest == since or one_moment) and not reached:  # more rows of one moment than a page holds
            number = cursor.get("page", 1) + 1 if newest == since else 2
            return Page(objects, {"from": stamp(start), "since": stamp(newest), "page": number}, True, odd=odd)
        if newest > since and not reached:
            return Page(objects, {"from": stamp(start), "since": stamp(newest)}, True, newest, odd)
        behind = max(start, newest - OVERLAP)
        return Page(objects, {"since": stamp(behind)}, False, min(self.started, served), odd)

    def _safely_behind(self, times: list[datetime], served: datetime) -> datetime:
        """The newest time up to which all has come, to the second. Small disorder only sets it back; great disorder is refused."""
        if not times:
            return datetime.min.replace(tzinfo=UTC)
        newest, step = times[0], timedelta(0)
        for moment in times:
            step = max(step, newest - moment)
            newest = max(newest, moment)
        if step > OVERLAP:
            raise ConnectorError(
                _("%(name)s does not list what changed in the order we ask for, so rows could be missed. Is its version recent?")
                % {"name": self.caller.name}
            )
        return min(newest - step, served).replace(microsecond=0)

    def rewound(self, cursor: Cursor) -> Cursor:
        """The cursor with pages of another size: counted from the first again."""
        return {key: value for key, value in cursor.items() if key != "page"}


class RatingsPass:
    """One way through a list that is asked by time of creation. `cursor` may be fresh or in the middle."""

    def __init__(self, cursor: Cursor, now: datetime) -> None:
        self.cursor, self.now = cursor, now
        if "from" in cursor:
            self.start = parsed(cursor["from"])
            self.deep = cursor.get("deep", "")
        else:
            since, last_deep = parsed(cursor["since"]), moment_of(cursor.get("deep"))
            go_deep = last_deep is None or now - last_deep >= DEEP_EVERY
            # A stream that was never read has nothing behind its beginning.
            overlap = timedelta(0) if "deep" not in cursor else DEEP_OVERLAP if go_deep else EARLY_OVERLAP
            self.start = since - overlap
            self.deep = stamp(now) if go_deep else cursor["deep"]

    def after(self, times: Iterable[datetime | None], served: datetime, more: Cursor | None) -> Cursor:
        """The cursor behind a page. `more` says where the next begins; None: this was the last."""
        known = [min(moment, served) for moment in times if moment is not None]
        newest = max([parsed(self.cursor.get("newest") or self.cursor["since"]), *known])
        if more is None:
            return {"since": stamp(newest), "deep": self.deep}
        return {
            "since": self.cursor["since"], "from": stamp(self.start), "deep": self.deep, "newest": stamp(newest), **more,
        }  # fmt: skip


def stamp(moment: datetime) -> str:
    """UTC, to the second, as all the helpdesks write it. Rounded down: never past a row."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parsed(text: str) -> datetime:
    return datetime.fromisoformat(text)


def moment_of(value: Any) -> datetime | None:
    """A time as a helpdesk writes it, ISO 8601 or seconds since 1970; None where it is neither."""
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value, UTC) if 0 < value < 1e11 else None
        if isinstance(value, str) and value:
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def text_of(value: Any) -> str:
    """An id or a name as text; "" for anything else."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


__all__ = [
    "Client", "ConnectorError", "Cursor", "Page", "RatingsPass", "Stream", "moment_of", "parsed", "stamp", "text_of",
]  # fmt: skip
