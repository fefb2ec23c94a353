"""Figures and the cases behind them: a rep their own, a lead their people's, the head everybody's.

What a metric counts is no secret.
"""

from datetime import timedelta

from coaching.metrics import services
from coaching.metrics.calendar_services import save_calendar
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories import interactions as make


def build(cast, now):
    services.ensure_default_metrics(now=now)
    save_calendar(actor=None, team=cast.harbour, time_zone="UTC", week=[[[540, 1020]]] * 7, closed_on=[], open_on={}, now=now)
    case = make.interaction(cast.rita, now.date() - timedelta(days=3), reopens=1)
    make.rating(cast.rita, now.date() - timedelta(days=2), case=case)
    services.recount_changed_days(now)
    return {"case": case, "case_message": make.message(case, "Write to kim@example.com")}


READERS = {"rep": 200, "lead": 200, "head": 200}
# Who reads no figures at all is told so; who reads some does not learn that Rita's exist.
OF_RITA = by_role(404, reviewer=403, editor=403, admin=403, **READERS)


def rita(w):
    return [w.rita.pk]


ENTRIES = [
    Entry("metrics_home", get=only("rep", "other_rep", "lead", "other_lead", "head", status=302)),
    Entry("metrics_people", get=only("lead", "other_lead", "head")),
    Entry("metrics_person", args=rita, get=OF_RITA),
    Entry("metrics_person_csv", args=rita, get=OF_RITA),
    Entry("metrics_cases", args=lambda w: [w.rita.pk, "reopen_rate"], get=OF_RITA, query="?against=on"),
    Entry("metrics_cases", args=lambda w: [w.rita.pk, "csat"], get=OF_RITA, case="ratings"),
    Entry("metrics_case", args=lambda w: [w.case.pk], get=OF_RITA),
    Entry(
        "metrics_message_show",
        args=lambda w: [w.case.pk, w.case_message.pk],
        post=by_role(404, rep=403, reviewer=403, editor=403, admin=403, lead=200, head=200),
    ),
    Entry(
        "metrics_cases",
        args=lambda w: [w.rita.pk, "no-such-metric"],
        get=by_role(404, reviewer=403, editor=403, admin=403),
        case="no such metric",
    ),
    Entry("metrics_definitions", get=signed_in(200)),
    Entry("metrics_definition", args=lambda w: ["csat"], get=signed_in(200)),
    Entry("metrics_definition_edit", args=lambda w: ["csat"], get=only("head", "admin"), post=only("head", "admin")),
    Entry("metrics_calendars", get=only("lead", "other_lead", "head", "admin")),
    Entry("metrics_calendar_organisation", get=only("head", "admin"), post=only("head", "admin")),
    Entry("metrics_calendar_team", args=lambda w: [w.harbour.pk], get=only("head", "admin"), post=only("head", "admin")),
    Entry("metrics_calendar_remove", args=lambda w: [w.harbour.pk], post=only("head", "admin", status=302)),
]
