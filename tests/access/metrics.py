"""Figures and the cases behind them: a rep their own, a lead their people's, the head everybody's.

What a metric counts is no secret.
"""

from datetime import timedelta

from coaching.metrics import services
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories import interactions as make


def build(cast, now):
    services.ensure_default_metrics(now=now)
    case = make.interaction(cast.rita, now.date() - timedelta(days=3), reopens=1)
    make.rating(cast.rita, now.date() - timedelta(days=2), case=case)
    services.recount_changed_days(now)
    return {"case": case}


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
        "metrics_cases",
        args=lambda w: [w.rita.pk, "no-such-metric"],
        get=by_role(404, reviewer=403, editor=403, admin=403),
        case="no such metric",
    ),
    Entry("metrics_definitions", get=signed_in(200)),
    Entry("metrics_definition", args=lambda w: ["csat"], get=signed_in(200)),
]
