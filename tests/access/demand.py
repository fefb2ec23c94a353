"""What customers ask: leads for their teams, the head for everybody. Another lead's team is not there for them."""

from datetime import timedelta

from coaching.metrics import services
from tests.access_table import Entry, by_role, only
from tests.factories import interactions as make


def build(cast, now):
    services.ensure_default_metrics(now=now)
    make.interaction(cast.rita, now.date() - timedelta(days=3), topic="Parcel", customer="A customer")
    services.recount_changed_days(now)
    return {}


READ = only("lead", "other_lead", "head")
OF_HARBOUR = by_role(403, lead=200, head=200, other_lead=404)


def harbour(w):
    return f"?team={w.harbour.pk}"


ENTRIES = [
    entry
    for name in ("demand_hours", "demand_customers", "demand_cases", "demand_cases_csv")
    for entry in (Entry(name, get=READ), Entry(name, get=OF_HARBOUR, query=harbour, case="of a team"))
]
