"""Who gets how much: reviews over people where there is not enough time for all, cases over days and over reviewers. Pure.

`lot` gives a key that depends on nothing but chance (a keyed hash of the id): whatever is equal is decided by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

Lot = Callable[..., Any]


def allot(wanted: Mapping[int, int], capacity: int | None, lot: Lot) -> dict[int, int]:
    """How many reviews each person gets out of `capacity` (None: enough for all): a first for everybody before a second for anybody."""
    if capacity is None or sum(wanted.values()) <= capacity:
        return dict(wanted)
    given = dict.fromkeys(wanted, 0)
    people = sorted(wanted, key=lambda person: lot("turn", person))
    while capacity > 0:
        for person in people:
            if given[person] < wanted[person] and capacity > 0:
                given[person] += 1
                capacity -= 1
    return given


def spread(cases: Sequence[int], wanted: int, start: float) -> list[int]:
    """So many of the cases at even distances, from a random `start` in [0, 1). Each is as likely as another: wanted / all.

    In the order of days they come from all of the period. Source: systematic sampling with a fractional interval, Särndal, Swensson
    and Wretman 1992, "Model Assisted Survey Sampling", section 3.4.
    """
    if wanted >= len(cases):
        return list(cases)
    return [cases[int((start + n) * len(cases) / wanted)] for n in range(wanted)]


@dataclass(frozen=True)
class Seat:
    """A reviewer and what is left of their time in this cycle, in reviews (None: no limit)."""

    reviewer: int
    room: int | None = None
    teams: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ToGive:
    """A case that needs a reviewer: not its own rep, nobody who has it already."""

    case: int
    person: int
    team: int | None = None
    barred: frozenset[int] = frozenset()


def assign(
    cases: Iterable[ToGive], seats: Sequence[Seat], load: Mapping[int, int], lot: Lot, outside_percent: int = 0
) -> dict[int, int]:
    """A reviewer for each case, evenly; a case that nobody has room for is left out.

    `load`: what each has of this cycle already. At least `outside_percent` of a team's cases go to reviewers of no or another team,
    where there are such reviewers. Whoever reviews somebody least is preferred where loads are equal, so that reviewers can be compared.
    """
    cases = list(cases)
    loads = Counter(load)
    given: Counter[int] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    outside_only = _outside_only(cases, outside_percent, lot)

    def possible(case: ToGive) -> list[Seat]:
        found = [seat for seat in seats if seat.reviewer != case.person and seat.reviewer not in case.barred]
        outside = [seat for seat in found if case.team not in seat.teams]
        return outside if case.case in outside_only and outside else found

    chosen = {}
    # Whoever has the fewest to choose from goes first: the others find somebody anyway.
    for case in sorted(cases, key=lambda case: (len(possible(case)), lot("order", case.case))):
        free = [seat for seat in possible(case) if seat.room is None or given[seat.reviewer] < seat.room]
        if not free:
            continue

        def burden(seat: Seat, case: ToGive = case) -> tuple[int, int, Hashable]:
            return loads[seat.reviewer], pairs[case.person, seat.reviewer], lot("reviewer", case.case, seat.reviewer)

        best = min(free, key=burden).reviewer
        chosen[case.case] = best
        loads[best] += 1
        given[best] += 1
        pairs[case.person, best] += 1
    return chosen


def _outside_only(cases: Sequence[ToGive], percent: int, lot: Lot) -> set[int]:
    """The cases, by lot within each team, that may only go to reviewers of no or another team."""
    by_team: dict[int, list[int]] = {}
    for case in cases:
        if case.team is not None:
            by_team.setdefault(case.team, []).append(case.case)
    return {
        case
        for of_team in by_team.values()
        for case in sorted(of_team, key=lambda case: lot("outside", case))[: ceil(percent * len(of_team) / 100)]
    }
