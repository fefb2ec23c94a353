"""The six metrics an organisation starts with. Content, not rules: each can be given a next version."""

from typing import Any

from coaching.metrics.models import MetricDefinition

Recipe, Unit = MetricDefinition.Recipe, MetricDefinition.Unit
Direction, Method = MetricDefinition.Direction, MetricDefinition.IntervalMethod

HANDLER = "The rep who resolved the case, or handled it last. A case that changes hands counts once, for that rep."

A_COUNT: dict[str, Any] = {
    "denominator_words": "none: this is a count",
    "attribution_words": HANDLER,
    "unit": Unit.COUNT,
    "direction": Direction.NONE,
    "interval_method": Method.NONE,
    "minimum_to_show": 0,
    "minimum_to_compare": 0,
    "standards": (),
}

DEFAULT_METRICS: dict[str, dict[str, Any]] = {
    "volume": {
        "recipe": Recipe.CASES_TAKEN,
        "name": "Cases taken",
        "formula": (
            "The number of cases opened on each day, in the rep's own time zone. It says how busy somebody was, not how good."
        ),
        "numerator_words": "cases opened in the period",
        **A_COUNT,
        "position": 10,
    },
    "resolved": {
        "recipe": Recipe.CASES_RESOLVED,
        "name": "Cases resolved",
        "formula": (
            "The number of cases resolved on each day, in the rep's own time zone. It says how busy somebody was, not how good."
        ),
        "numerator_words": "cases resolved in the period",
        **A_COUNT,
        "position": 20,
    },
    "csat": {
        "recipe": Recipe.SATISFIED,
        "name": "Satisfied customers",
        "formula": (
            "Of the customers who rated a case in the period, the share who were satisfied. Neutral ratings count in "
            "the whole, not in the part. Customers who did not answer are not counted at all."
        ),
        "numerator_words": "satisfied ratings",
        "denominator_words": "all ratings given in the period",
        "attribution_words": (
            "The rep whom the file of ratings names. Where it names nobody: the rep for whom the case counted when the "
            "rating and its case were first both imported. It stays with that rep when the case changes hands later; a "
            "rating whose case is not imported yet counts for nobody until it is."
        ),
        "unit": Unit.PERCENT,
        "direction": Direction.UP,
        "interval_method": Method.WILSON,
        "minimum_to_show": 10,
        "minimum_to_compare": 30,
        "position": 30,
        "standards": ("name-the-need", "own-the-mistake", "thank-and-invite"),
    },
    "resolution_time": {
        "recipe": Recipe.RESOLUTION_TIME,
        "name": "Time to resolution",
        "formula": (
            "The median time from opening to resolution of the cases resolved in the period, in calendar hours: "
            "nights, weekends and waiting for the customer are included. Open cases are not counted, so a growing "
            "backlog does not show here. Read from a histogram, exact to 4.4 %."
        ),
        "numerator_words": "the middle case, when cases are ordered by their time",
        "denominator_words": "cases resolved in the period",
        "attribution_words": HANDLER,
        "unit": Unit.SECONDS,
        "direction": Direction.DOWN,
        "interval_method": Method.ORDER_STATISTICS,
        "minimum_to_show": 20,
        "minimum_to_compare": 30,
        "position": 40,
        "standards": ("clear-next-step", "follow-up-as-promised"),
    },
    "reopen_rate": {
        "recipe": Recipe.REOPENED,
        "name": "Reopened cases",
        "formula": (
            "Of the cases resolved in the period, the share that was reopened at least once, at any time. A case "
            "resolved in the last days can still come back, so the newest weeks look a little better than they are."
        ),
        "numerator_words": "resolved cases that were reopened at least once",
        "denominator_words": "cases resolved in the period",
        "attribution_words": HANDLER,
        "unit": Unit.PERCENT,
        "direction": Direction.DOWN,
        "interval_method": Method.WILSON,
        "minimum_to_show": 20,
        "minimum_to_compare": 30,
        "position": 50,
        "standards": ("verify-understanding", "resolve-at-root"),
    },
    "answered": {
        "recipe": Recipe.ANSWERED,
        "name": "Answered calls and chats",
        "formula": (
            "Of the calls and chats offered in the period, the share that was picked up. Cases where the question does "
            "not arise (e-mail) are left out."
        ),
        "numerator_words": "calls and chats picked up",
        "denominator_words": "calls and chats offered",
        "attribution_words": "The rep the call or chat was offered to.",
        "unit": Unit.PERCENT,
        "direction": Direction.UP,
        "interval_method": Method.WILSON,
        "minimum_to_show": 20,
        "minimum_to_compare": 30,
        "position": 60,
        "standards": (),
    },
}
