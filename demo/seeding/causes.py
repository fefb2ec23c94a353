"""Root causes of the demo's scorecard, and which one a reviewer names where a criterion was failed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from coaching.quality.causes.outline import read_outline
from coaching.quality.causes.services import replace_causes
from coaching.quality.models import Criterion, RootCause, Scorecard

NAMED = 0.85  # of failed answers: a cause is not asked for where none fits

OUTLINES = {
    "name-the-need": "Reading\n- Answered the category\n- Missed a second question\nKnowledge\n- Does not know the product",
    "clear-next-step": "Habit\n- Closes with a stock phrase\nKnowledge\n- Does not know who takes over\n- Does not know how long it takes\n"
    "Tools\n- Macro without a next step",
    "resolve-at-root": "Knowledge\n- Product\n-- Billing\n-- Devices\n- Policy\nTime\n- Queue too long\nTools\n- Case history not visible",
    "own-the-mistake": "Habit\n- Explains before apologising\nUnsure what may be said",
    "no-false-promise": "Wants to be kind\nKnowledge\n- Delivery times\n- What other teams can do",
    "protect-customer-data": "Knowledge\n- Does not know the rule\nTools\n- Form asks for too much\nHurry",
}


def seed_causes(scorecard: Scorecard) -> None:
    """Write the outlines into the scorecard. Before anything was reviewed with it: a published version is read-only after that."""
    criteria = Criterion.objects.filter(section__version__scorecard=scorecard, key__in=OUTLINES)
    for criterion in criteria.order_by("pk"):
        replace_causes(criterion, read_outline(OUTLINES[criterion.key]))


def named_cause(causes: Sequence[RootCause], rng: Random) -> tuple[int, ...]:
    """One of these with nothing below it, mostly one of the first; or none."""
    leaves = [one for one in causes if not any(other.key.startswith(f"{one.key}/") for other in causes)]
    if not leaves or rng.random() >= NAMED:
        return ()
    return (rng.choices(leaves, weights=[1 / rank for rank in range(1, len(leaves) + 1)])[0].pk,)
