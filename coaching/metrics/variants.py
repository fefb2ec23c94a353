"""Which recipe can be counted in which ways, and what its rollups hold. Facts only."""

from __future__ import annotations

from coaching.metrics.models import MetricDefinition

Recipe, Variant = MetricDefinition.Recipe, MetricDefinition.Variant

HOURS = (Variant.CALENDAR, Variant.BUSINESS)

# The first one is meant where a definition names none.
VARIANTS: dict[str, tuple[Variant, ...]] = {
    Recipe.RESOLUTION_SURVIVAL: HOURS,
    Recipe.FIRST_REPLY: HOURS,
    Recipe.SATISFIED: (Variant.ALL_RATED, Variant.WITHOUT_NEUTRAL),
    Recipe.FIRST_CONTACT: (
        Variant.ONE_CONTACT,
        Variant.UNDER_TWO_REPLIES,
        Variant.ONE_REPLY,
        Variant.NO_CUSTOMER_REPLY,
        Variant.ONE_TEAMMATE,
        Variant.NO_RECONTACT,
        Variant.WITHIN_15_MINUTES,
    ),
}

# Where each way comes from, for the page of the definition.
ORIGINS: dict[str, str] = {
    Variant.ONE_CONTACT: "Uncommon",
    Variant.UNDER_TWO_REPLIES: "Zendesk",
    Variant.ONE_REPLY: "Help Scout, dbt",
    Variant.NO_CUSTOMER_REPLY: "Freshservice",
    Variant.ONE_TEAMMATE: "Intercom",
    Variant.NO_RECONTACT: "RingCentral",
    Variant.WITHIN_15_MINUTES: "Zammad",
    Variant.ALL_RATED: "Freshdesk, Intercom",
    Variant.WITHOUT_NEUTRAL: "Zendesk",
}

# What is there at a moment, not what happened in a period.
STOCKS = frozenset({Recipe.BACKLOG, Recipe.OPEN_CASES})
# Counted over the answers customers gave, not over cases.
SURVEYED = frozenset({Recipe.SATISFIED, Recipe.RECOMMEND, Recipe.EFFORT})
# Rollups with a histogram that the figure is read from.
HISTOGRAMS = frozenset(
    {
        Recipe.RESOLUTION_TIME,
        Recipe.RESOLUTION_SURVIVAL,
        Recipe.FIRST_REPLY,
        Recipe.RECOMMEND,
        Recipe.EFFORT,
        Recipe.HANDLE_TIME,
        Recipe.ANSWER_SPEED,
    }
)


def variant_of(definition: MetricDefinition) -> str:
    """The way of counting in force: the definition's, else the recipe's first; empty where there is only one."""
    known = VARIANTS.get(definition.recipe)
    return definition.variant or (known[0] if known else "")


def repeat_rule(definition: MetricDefinition) -> tuple[int, str] | None:
    """(days, column that must be equal) where the figure asks whether the customer came back; else None."""
    if definition.recipe != Recipe.FIRST_CONTACT:
        return None
    match variant_of(definition):
        case Variant.ONE_CONTACT:
            return definition.window_days or 7, "topic"
        case Variant.NO_RECONTACT:
            return definition.window_days or 3, "channel"
    return None


def uses_business_hours(definition: MetricDefinition) -> bool:
    return definition.recipe in VARIANTS and variant_of(definition) == Variant.BUSINESS
