"""The figures an organisation starts with. Content, not rules: each can be given a next version."""

from typing import Any

from coaching.metrics.models import MetricDefinition

Recipe, Unit, Variant = MetricDefinition.Recipe, MetricDefinition.Unit, MetricDefinition.Variant
Direction, Method, Family = MetricDefinition.Direction, MetricDefinition.IntervalMethod, MetricDefinition.Family

HANDLER = "The rep who resolved the case, or handled it last. A case that changes hands counts once, for that rep."
OFFERED_TO = "The rep the call or chat was offered to."
RATED = (
    "The rep whom the file of ratings names. Where it names nobody: the rep for whom the case counted when the "
    "rating and its case were first both imported. It stays with that rep when the case changes hands later; a "
    "rating whose case is not imported yet counts for nobody until it is."
)

A_COUNT: dict[str, Any] = {
    "denominator_words": "none: this is a count",
    "attribution_words": HANDLER,
    "unit": Unit.COUNT,
    "direction": Direction.NONE,
    "interval_method": Method.NONE,
    "minimum_to_show": 0,
    "minimum_to_compare": 0,
    "family": Family.WORK,
    "standards": (),
}
A_SHARE: dict[str, Any] = {
    "unit": Unit.PERCENT,
    "interval_method": Method.WILSON,
    "minimum_to_show": 20,
    "minimum_to_compare": 30,
    "standards": (),
}
A_TIME: dict[str, Any] = {
    "unit": Unit.SECONDS,
    "direction": Direction.DOWN,
    "minimum_to_show": 20,
    "minimum_to_compare": 30,
    "family": Family.SPEED,
    "standards": (),
}

UNTIL_RESOLVED = (
    "The median time from opening to resolution of the cases opened in the period, with those still open counted for as "
    "long as they have waited (Kaplan–Meier), so a growing backlog shows. {hours} Waiting for the customer is included. "
    "Read from a histogram, exact to 4.4 %; the age of open cases to half an hour."
)
UNTIL_REPLIED = (
    "The median time from opening to the first public reply by an agent, of the cases opened in the period that have been "
    "replied to. {hours} Cases that nobody has replied to yet are not in it. Read from a histogram, exact to 4.4 %."
)
CALENDAR_HOURS = "Calendar hours: nights and weekends are included."
BUSINESS_HOURS = "Only the business hours of the rep’s team on the day of opening count, without its public holidays."

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
    "open_cases": {
        "recipe": Recipe.OPEN_CASES,
        "name": "Open cases",
        "formula": (
            "How many cases were open at the end of the period, or are open now, and how long ago they were opened. A case "
            "that its source calls resolved without saying when is not counted."
        ),
        "numerator_words": "cases open at that moment",
        **A_COUNT,
        "attribution_words": "The rep who handled the case last. A team has the open cases of its members at the end of the period.",
        "on_board": False,
        "position": 22,
    },
    "backlog": {
        "recipe": Recipe.BACKLOG,
        "name": "Backlog on average",
        "formula": (
            "How many cases were open on average over the whole period, nights and weekends included: the time that cases "
            "were open in the period, divided by its length. The number at the end stands beside it."
        ),
        "numerator_words": "time that cases were open within the period",
        **A_COUNT,
        "denominator_words": "length of the period",
        "attribution_words": "The rep who handled the case last. A team has the open cases of its members at the end of the period.",
        "on_board": False,
        "position": 24,
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
        "attribution_words": RATED,
        **A_SHARE,
        "direction": Direction.UP,
        "minimum_to_show": 10,
        "family": Family.CUSTOMERS,
        "position": 30,
        "standards": ("name-the-need", "own-the-mistake", "thank-and-invite"),
    },
    "resolution_time": {
        "recipe": Recipe.RESOLUTION_SURVIVAL,
        "variant": Variant.CALENDAR,
        "name": "Time to resolution",
        "formula": UNTIL_RESOLVED.format(hours=CALENDAR_HOURS),
        "numerator_words": "the time by which half of the cases are resolved",
        "denominator_words": "cases opened in the period, resolved and open",
        "attribution_words": HANDLER,
        **A_TIME,
        "interval_method": Method.KAPLAN_MEIER,
        "position": 40,
        "standards": ("clear-next-step", "follow-up-as-promised"),
    },
    "resolution_time_business": {
        "recipe": Recipe.RESOLUTION_SURVIVAL,
        "variant": Variant.BUSINESS,
        "name": "Time to resolution, business hours",
        "formula": UNTIL_RESOLVED.format(hours=BUSINESS_HOURS),
        "numerator_words": "the business time by which half of the cases are resolved",
        "denominator_words": "cases opened in the period, resolved and open",
        "attribution_words": HANDLER,
        **A_TIME,
        "interval_method": Method.KAPLAN_MEIER,
        "on_board": False,
        "position": 42,
        "standards": ("clear-next-step", "follow-up-as-promised"),
    },
    "first_reply": {
        "recipe": Recipe.FIRST_REPLY,
        "variant": Variant.CALENDAR,
        "name": "Time to first reply",
        "formula": UNTIL_REPLIED.format(hours=CALENDAR_HOURS),
        "numerator_words": "the middle case, when cases are ordered by their time",
        "denominator_words": "cases opened in the period and replied to",
        "attribution_words": HANDLER,
        **A_TIME,
        "interval_method": Method.ORDER_STATISTICS,
        "on_board": False,
        "position": 44,
    },
    "first_reply_business": {
        "recipe": Recipe.FIRST_REPLY,
        "variant": Variant.BUSINESS,
        "name": "Time to first reply, business hours",
        "formula": UNTIL_REPLIED.format(hours=BUSINESS_HOURS),
        "numerator_words": "the middle case, when cases are ordered by their business time",
        "denominator_words": "cases opened in the period and replied to",
        "attribution_words": HANDLER,
        **A_TIME,
        "interval_method": Method.ORDER_STATISTICS,
        "on_board": False,
        "position": 46,
    },
    "first_contact": {
        "recipe": Recipe.FIRST_CONTACT,
        "variant": Variant.ONE_CONTACT,
        "name": "Resolved at first contact",
        "formula": (
            "Of the cases resolved in the period at least 7 days ago, the share that took one contact: not more than one "
            "reply, never reopened, and the customer opened no other case about the same topic before it was resolved or "
            "in the 7 days after. What a source does not tell is not asked; a case of which neither replies nor customer "
            "are known is left out. Younger cases stand beside the figure."
        ),
        "numerator_words": "resolved cases that took one contact",
        "denominator_words": "cases resolved in the period, at least 7 days ago",
        "attribution_words": HANDLER,
        **A_SHARE,
        "direction": Direction.UP,
        "minimum_to_show": 30,
        "window_days": 7,
        "maturity_days": 7,
        "family": Family.OUTCOME,
        "position": 48,
        "standards": ("resolve-at-root", "verify-understanding"),
    },
    "reopen_rate": {
        "recipe": Recipe.REOPENED,
        "name": "Reopened cases",
        "formula": (
            "Of the cases resolved in the period at least 14 days ago, the share that was reopened within 14 days. A case "
            "that is open again is not among them until it is resolved again; then it counts as reopened. Where the "
            "source does not say when a case was reopened, it counts. Younger cases stand beside the figure."
        ),
        "numerator_words": "resolved cases that were reopened within 14 days",
        "denominator_words": "cases resolved in the period, at least 14 days ago",
        "attribution_words": HANDLER,
        **A_SHARE,
        "direction": Direction.DOWN,
        "minimum_to_show": 30,
        "window_days": 14,
        "maturity_days": 14,
        "family": Family.OUTCOME,
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
        "attribution_words": OFFERED_TO,
        **A_SHARE,
        "direction": Direction.UP,
        "family": Family.SPEED,
        "position": 60,
    },
    "abandon_rate": {
        "recipe": Recipe.ABANDONED,
        "name": "Abandoned calls and chats",
        "formula": (
            "Of the calls and chats offered in the period, the share that was not picked up: the customer gave up waiting. "
            "The other side of the answered share. Cases where the question does not arise (e-mail) are left out."
        ),
        "numerator_words": "calls and chats not picked up",
        "denominator_words": "calls and chats offered",
        "attribution_words": OFFERED_TO,
        **A_SHARE,
        "direction": Direction.DOWN,
        "family": Family.SPEED,
        "on_board": False,
        "position": 62,
    },
    "answer_speed": {
        "recipe": Recipe.ANSWER_SPEED,
        "name": "Speed of answer",
        "formula": (
            "How long customers waited on average until their call or chat was picked up. Those that nobody picked up, and "
            "cases whose source tells no waiting time, are left out."
        ),
        "numerator_words": "waiting time of the calls and chats picked up",
        "denominator_words": "calls and chats picked up whose waiting time is known",
        "attribution_words": OFFERED_TO,
        **A_TIME,
        "interval_method": Method.STUDENT_T,
        "on_board": False,
        "position": 64,
    },
    "handle_time": {
        "recipe": Recipe.HANDLE_TIME,
        "name": "Handle time",
        "formula": (
            "The time spent on a case on average, as its source measures it (for calls: talking, holding and the work "
            "afterwards). Neither direction is better by itself: a case settled for good may take longer."
        ),
        "numerator_words": "time spent on the cases opened in the period",
        "denominator_words": "cases opened in the period whose handle time is known",
        "attribution_words": HANDLER,
        **A_TIME,
        "direction": Direction.NONE,
        "interval_method": Method.STUDENT_T,
        "on_board": False,
        "position": 66,
    },
    "nps": {
        "recipe": Recipe.RECOMMEND,
        "name": "Net promoter score",
        "formula": (
            "The share of customers who would recommend us with 9 or 10 of 10, minus the share who answered 6 or less, "
            "from −100 to 100. Answers on another scale are converted."
        ),
        "numerator_words": "answers of 9 and 10, minus answers of 6 and less",
        "denominator_words": "all answers given in the period",
        "attribution_words": RATED,
        "unit": Unit.SCORE,
        "direction": Direction.UP,
        "interval_method": Method.ADJUSTED_WALD,
        "minimum_to_show": 50,
        "minimum_to_compare": 50,
        "family": Family.CUSTOMERS,
        "on_board": False,
        "position": 70,
        "standards": ("thank-and-invite",),
    },
    "ces": {
        "recipe": Recipe.EFFORT,
        "name": "Customer effort score",
        "formula": (
            "How far customers agree, from 1 to 7, that we made it easy: the mean of all answers. Higher is easier. "
            "Answers on another scale are converted."
        ),
        "numerator_words": "sum of the answers",
        "denominator_words": "all answers given in the period",
        "attribution_words": RATED,
        "unit": Unit.SCORE,
        "direction": Direction.UP,
        "interval_method": Method.STUDENT_T,
        "minimum_to_show": 20,
        "minimum_to_compare": 30,
        "family": Family.CUSTOMERS,
        "on_board": False,
        "position": 72,
        "standards": ("clear-next-step",),
    },
    "response_rate": {
        "recipe": Recipe.RESPONSE,
        "name": "Response rate",
        "formula": (
            "Satisfaction ratings given in the period for each case resolved in it. Where few answer, those who do may not "
            "be typical. Ratings may come days after the case, so a short period can stand a little too high or too low."
        ),
        "numerator_words": "satisfaction ratings given in the period",
        "denominator_words": "cases resolved in the period",
        "attribution_words": "Ratings: the rep they count for. Cases: the rep who resolved them.",
        **A_SHARE,
        "direction": Direction.NONE,
        "family": Family.CUSTOMERS,
        "on_board": False,
        "position": 74,
    },
    "complaint_rate": {
        "recipe": Recipe.COMPLAINT,
        "name": "Complaints",
        "formula": (
            "Of the cases opened in the period whose source says whether they are complaints, the share that is one. What "
            "customers complain about is rarely the rep’s doing: read it by topic first."
        ),
        "numerator_words": "complaints",
        "denominator_words": "cases opened in the period whose source tells",
        "attribution_words": HANDLER,
        **A_SHARE,
        "direction": Direction.DOWN,
        "family": Family.CUSTOMERS,
        "on_board": False,
        "position": 76,
    },
}

# How figures that count differently today were defined at first. Where that text is still in force, nobody has
# chosen it: the new way becomes the next version, and keeps target, minimums and standards.
FIRST_FORMULAS = {
    "resolution_time": (
        "The median time from opening to resolution of the cases resolved in the period, in calendar hours: "
        "nights, weekends and waiting for the customer are included. Open cases are not counted, so a growing "
        "backlog does not show here. Read from a histogram, exact to 4.4 %."
    ),
    "reopen_rate": (
        "Of the cases resolved in the period, the share that was reopened at least once, at any time. A case "
        "resolved in the last days can still come back, so the newest weeks look a little better than they are."
    ),
}
