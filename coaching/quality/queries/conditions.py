"""When a criterion is asked: as the score takes it, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from coaching.quality.models import Criterion
from coaching.quality.scoring import Condition


def condition_of(criterion: Criterion) -> Condition | None:
    if not criterion.asked_if:
        return None
    return Condition(key=criterion.asked_if, at_least=criterion.asked_at_least, at_most=criterion.asked_at_most)


def answers_that_ask(criterion: Criterion, before: Criterion) -> list[str]:
    """Labels of the answers to `before` with which `criterion` is asked."""
    low, high = criterion.asked_at_least, criterion.asked_at_most
    return [answer.label for answer in before.answers.all() if low <= answer.value <= high]


def condition_words(criterion: Criterion, by_key: Mapping[str, Criterion]) -> str:
    """“Asked only if …” for the reader; empty where it is always asked."""
    before = by_key.get(criterion.asked_if)
    if before is None:
        return ""
    answers = _(", ").join(f"“{label}”" for label in answers_that_ask(criterion, before))
    return _("Asked only if “%(label)s” is answered %(answers)s.") % {"label": before.label, "answers": answers}


def condition_problem(criterion: Criterion, earlier: Sequence[Criterion], by_key: Mapping[str, Criterion]) -> str | None:
    """Why its condition cannot stand; None where it can. What must come before cannot make a circle."""
    if not criterion.asked_if:
        return None
    before = by_key.get(criterion.asked_if)
    if before is None:
        return _(
            "“%(label)s” is asked depending on “%(key)s”, which is not on this scorecard. Choose another criterion, or always ask it."
        ) % {
            "label": criterion,
            "key": criterion.asked_if,
        }
    if before not in earlier:
        return _("“%(label)s” is asked depending on “%(before)s”, which must come before it. Change the order.") % {
            "label": criterion,
            "before": before,
        }
    if not answers_that_ask(criterion, before):
        return _("“%(label)s” would never be asked: no answer to “%(before)s” is worth that.") % {
            "label": criterion,
            "before": before,
        }
    return None
