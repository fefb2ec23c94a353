"""The explorer: a rep their own, a lead their teams', the head everybody's; views by who they were kept for."""

from datetime import timedelta

from coaching.metrics import services
from coaching.metrics.explorer.services import save_view
from tests.access_table import Entry, by_role, only
from tests.factories import interactions as make


def build(cast, now):
    services.ensure_default_metrics(now=now)
    case = make.interaction(cast.rita, now.date() - timedelta(days=3), topic="Refund")
    make.rating(cast.rita, now.date() - timedelta(days=2), case=case)
    services.recount_changed_days(now)

    def view(name, audience):
        return save_view(actor=cast.rita, page="explore", query="by=topic", name=name, audience=audience, now=now)

    return {"own": view("own", "own"), "teams": view("teams", "team"), "linked": view("linked", "link")}


READERS = ("rep", "other_rep", "lead", "other_lead", "head")
SEVERAL = ("lead", "other_lead", "head")
NOT_THEIRS = by_role(404, reviewer=403, editor=403, admin=403, rep=302)

ENTRIES = [
    Entry("metrics_explore", get=only(*READERS)),
    Entry("metrics_explore", get=only(*READERS), query="?by=topic&metric=volume&against=previous", case="by topic"),
    Entry("metrics_explore", get=only(*READERS), query="?metric=csat&mix=on&against=year", case="with mix"),
    Entry("metrics_explore_cases", args=lambda w: ["volume"], get=only(*READERS)),
    Entry("metrics_explore_cases", args=lambda w: ["csat"], get=only(*READERS), query="?topic=-&channel=-", case="ratings"),
    Entry("metrics_explore_export", post=only(*READERS), query="?by=topic", data=lambda w: {"format": "csv"}),
    Entry("metrics_explore_export", post=only(*READERS), query="?by=together", data=lambda w: {"format": "xlsx"}, case="xlsx"),
    Entry("metrics_funnel", get=only(*SEVERAL)),
    Entry("metrics_balance", get=only(*SEVERAL)),
    Entry("metrics_drivers", get=only(*READERS)),
    Entry(
        "metrics_view_save",
        post=only(*READERS, status=302),
        data=lambda w: {"name": "Kept", "audience": "own", "page": "explore"},
        query="?by=topic",
    ),
    Entry("metrics_view_open", args=lambda w: [w.own.key], get=NOT_THEIRS, case="own"),
    Entry(
        "metrics_view_open",
        args=lambda w: [w.teams.key],
        get=by_role(404, reviewer=403, editor=403, admin=403, rep=302, lead=302),
        case="the team's",
    ),
    Entry("metrics_view_open", args=lambda w: [w.linked.key], get=only(*READERS, status=302), case="by link"),
    Entry("metrics_view_delete", args=lambda w: [w.own.pk], post=NOT_THEIRS),
]
