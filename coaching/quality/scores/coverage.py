"""For how many of a person's conversations a score does not speak: those in parts of which nothing is reviewed.

A part of the cases that nothing was drawn from (nobody had time, or all of it was taken out) drops out of a weighted mean without
a trace; a cycle of which nothing is reviewed does, too. What was there to draw from is known from the shares of the plans' cycles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from coaching.quality.models import PlanShare
from coaching.quality.plans.rules import Kind
from coaching.quality.queries.figures import cycle_of
from coaching.quality.scores.arithmetic import Cell, Drawn

# The old rule of thumb for what is missing from a study (5 % matters little, above 20 % it threatens what is concluded; Schulz and
# Grimes 2002, Lancet 359:781) fits the scores, too: were the missing fifth one standard deviation of single cases (12 points)
# better or worse, the score of all would be 2.4 points off, less than half of what fifteen reviews leave open (±6).
MOST_UNSPOKEN = 0.2
LONGEST_CYCLE = timedelta(days=31)


class Unspoken(NamedTuple):
    """`cases` of `whole` conversations that plans by lot could draw from lie in parts without a review that has a score."""

    cases: int
    whole: int

    @property
    def share(self) -> float:
        return self.cases / self.whole

    @property
    def is_large(self) -> bool:
        """Whether what is reviewed can no longer be called an estimate of all."""
        return self.share > MOST_UNSPOKEN


class Spoken(NamedTuple):
    """What is known of one person: the cells that count, and what was drawn."""

    cells: Sequence[Cell]
    drawn: Sequence[Drawn]


def unspoken_of(people: Mapping[int, Spoken], since: date, today: date) -> dict[int, Unspoken]:
    """By person id, of the cycles that something of their cells is of, and of those that began since `since` and are over. One read.

    Who is absent has no conversations of known number. A cycle that still goes on and has no review yet is not late.
    """
    rows: dict[int, list[tuple[str, int, date, date, int, list[dict[str, int]]]]] = defaultdict(list)
    shares = PlanShare.objects.filter(
        person__in=list(people), cycle__plan__kind=Kind.RANDOM, cycle__first__gte=since - LONGEST_CYCLE, cycle__first__lte=today
    )
    of_cycle = ("person_id", "cycle__name", "cycle__plan_id", "cycle__first", "cycle__last", "cases", "frame")
    for person, *row in shares.values_list(*of_cycle):
        rows[person].append(tuple(row))  # type: ignore[arg-type]
    found = {}
    for person, known in people.items():
        cells = [cell for cell in known.cells if cell.cases is not None]
        periods = {cell.period for cell in cells}
        parts: dict[tuple[str, int | None], int] = {}
        for name, plan, first, last, cases, frame in rows[person]:
            cycle = cycle_of(name, plan)
            if cycle in periods or (first >= since and last < today):
                sizes = [part["cases"] for part in frame] or [cases]
                parts |= {(cycle, stratum): size for stratum, size in enumerate(sizes)}
        # Of draws without a plan only what was drawn from is known.
        without = [Drawn(cell.person, cell.period, cell.stratum, cell.cases or 0) for cell in cells]
        for part in [*known.drawn, *without]:
            if part.period in periods:
                parts.setdefault((part.period, part.stratum), part.cases)
        spoken = {(cell.period, cell.stratum) for cell in cells if cell.n}
        if whole := sum(parts.values()):
            found[person] = Unspoken(sum(size for part, size in parts.items() if part not in spoken), whole)
    return found
