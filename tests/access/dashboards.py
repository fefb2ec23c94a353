"""The home screens: Today for everybody, the board for leads and the head, the overview for the head."""

from datetime import timedelta

from coaching.metrics.services import ensure_default_metrics, recount_changed_days
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories import interactions as make


def build(cast, now):
    ensure_default_metrics(now=now)
    make.interaction(cast.rita, now.date() - timedelta(days=3), reopens=1)
    recount_changed_days(now)
    return {}


LEADERS = ("lead", "other_lead", "head")

ENTRIES = [
    Entry("today", get=signed_in(200)),
    Entry("board", get=only(*LEADERS)),
    Entry(
        "board",
        query=lambda w: f"?team={w.harbour.pk}",
        get=by_role(403, lead=200, other_lead=404, head=200),
        case="of one team",
    ),
    Entry("board", query="?team=987654321", get=by_role(403, lead=404, other_lead=404, head=404), case="no such team"),
    Entry("overview", get=only("head")),
]
