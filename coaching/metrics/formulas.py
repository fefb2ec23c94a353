"""What a figure says about itself when it is counted in another way: formula and part, in words."""

from coaching.metrics.defaults import BUSINESS_HOURS, CALENDAR_HOURS, UNTIL_REPLIED, UNTIL_RESOLVED
from coaching.metrics.models import MetricDefinition

Recipe, Variant = MetricDefinition.Recipe, MetricDefinition.Variant

_SETTLED = "Of the cases resolved in the period that have rested long enough, the share "
_TOLD = " Cases whose source does not tell are left out."

WORDS: dict[tuple[str, str], dict[str, str]] = {
    (Recipe.RESOLUTION_SURVIVAL, Variant.CALENDAR): {"formula": UNTIL_RESOLVED.format(hours=CALENDAR_HOURS)},
    (Recipe.RESOLUTION_SURVIVAL, Variant.BUSINESS): {"formula": UNTIL_RESOLVED.format(hours=BUSINESS_HOURS)},
    (Recipe.FIRST_REPLY, Variant.CALENDAR): {"formula": UNTIL_REPLIED.format(hours=CALENDAR_HOURS)},
    (Recipe.FIRST_REPLY, Variant.BUSINESS): {"formula": UNTIL_REPLIED.format(hours=BUSINESS_HOURS)},
    (Recipe.SATISFIED, Variant.ALL_RATED): {
        "formula": (
            "Of the customers who rated a case in the period, the share who were satisfied. Neutral ratings count in "
            "the whole, not in the part. Customers who did not answer are not counted at all."
        ),
        "denominator_words": "all ratings given in the period",
    },
    (Recipe.SATISFIED, Variant.WITHOUT_NEUTRAL): {
        "formula": (
            "Of the customers who rated a case in the period as good or bad, the share who were satisfied. Neutral ratings "
            "and customers who did not answer are not counted at all."
        ),
        "denominator_words": "satisfied and dissatisfied ratings given in the period",
    },
    (Recipe.FIRST_CONTACT, Variant.ONE_CONTACT): {
        "formula": (
            _SETTLED + "that took one contact: not more than one reply, never reopened, and the customer opened no other case "
            "about the same topic before it was resolved or in the days after. What a source does not tell is not asked; a "
            "case of which neither replies nor customer are known is left out."
        ),
        "numerator_words": "resolved cases that took one contact",
    },
    (Recipe.FIRST_CONTACT, Variant.UNDER_TWO_REPLIES): {
        "formula": _SETTLED + "with fewer than two public replies by agents; none at all counts, too." + _TOLD,
        "numerator_words": "resolved cases with no or one reply",
    },
    (Recipe.FIRST_CONTACT, Variant.ONE_REPLY): {
        "formula": _SETTLED + "with exactly one public reply by an agent." + _TOLD,
        "numerator_words": "resolved cases with one reply",
    },
    (Recipe.FIRST_CONTACT, Variant.NO_CUSTOMER_REPLY): {
        "formula": _SETTLED + "in which the customer did not write again after the first message." + _TOLD,
        "numerator_words": "resolved cases in which the customer wrote once",
    },
    (Recipe.FIRST_CONTACT, Variant.ONE_TEAMMATE): {
        "formula": _SETTLED + "that was never reopened and is still with the rep who resolved it.",
        "numerator_words": "resolved cases closed once, by one rep",
    },
    (Recipe.FIRST_CONTACT, Variant.NO_RECONTACT): {
        "formula": (
            _SETTLED + "whose customer opened no other case on the same channel before it was resolved or in the days after. "
            "Cases without a named customer are left out."
        ),
        "numerator_words": "resolved cases whose customer did not come back",
    },
    (Recipe.FIRST_CONTACT, Variant.WITHIN_15_MINUTES): {
        "formula": _SETTLED + "that was resolved within 15 minutes of being opened.",
        "numerator_words": "cases resolved within 15 minutes",
    },
}


def words_of(recipe: str, variant: str) -> dict[str, str]:
    """The fields of a definition that go with a way of counting; empty where it has only one."""
    return WORDS.get((recipe, variant), {})
