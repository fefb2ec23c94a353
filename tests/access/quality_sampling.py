"""Sampling plans, replacing a draw, and moving the work of reviewers who are away. Vera reviews Rita."""

from django.utils import timezone

from people.services import record_absence
from tests.access_table import Entry, by_role, only
from tests.factories.plans import make_plan
from tests.factories.quality import make_draw

PLANS = ("reviewer", "head")
LEADS = ("lead", "other_lead", "head")
NEW = {
    "name": "Ours", "kind": "random", "rhythm": "weekly", "weekday": "0", "month_day": "1", "days_to_review": "7", "amount": "number",
    "number": "3", "percent": "5", "minimum": "1", "outside_percent": "0", "share_low": "60", "share_middle": "30", "share_high": "10",
    "part_low": "2", "part_middle": "1", "part_high": "2",
}  # fmt: skip


def build(cast, now):
    today = timezone.localdate()
    record_absence(actor=None, person=cast.viktor, starts_on=today, until=today, now=now)
    make_draw(cast.viktor, cast.rita, number=1, now=now)
    return {
        "plan": make_plan("One a week", now=now, number=1),
        "draft": make_plan("A draft", on=False, now=now),
        "draw": make_draw(cast.vera, cast.rita, number=2, now=now),
    }


def of(name):
    return lambda w: [getattr(w, name).pk]


ENTRIES = [
    Entry("plan_list", get=only(*PLANS)),
    Entry("plan_create", get=only(*PLANS), post=only(*PLANS, status=302), data=lambda w: NEW),
    Entry("plan_detail", args=of("plan"), get=only(*PLANS)),
    Entry(
        "plan_edit", args=of("plan"), get=only(*PLANS), post=only(*PLANS, status=302), data=lambda w: NEW | {"name": "Another"}
    ),
    Entry("plan_edit", args=of("plan"), get=only(*PLANS), post=only(*PLANS, status=422), case="nothing filled in"),
    Entry("plan_switch_on", args=of("draft"), post=only(*PLANS, status=302)),
    Entry("plan_switch_off", args=of("plan"), post=only(*PLANS, status=302)),
    Entry("plan_draw", args=of("plan"), post=only(*PLANS, status=302)),
    Entry("plan_planner", args=of("plan"), get=only(*PLANS)),
    Entry("plan_rebalance", get=only(*LEADS), post=only(*LEADS, status=302)),
    Entry("draw_replace", args=of("draw"), get=by_role(404, reviewer=200), post=by_role(404, reviewer=422)),
]
