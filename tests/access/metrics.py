"""Figures and the cases behind them: a rep their own, a lead their people's, the head everybody's.

Reviewers, editors and administrators read no figures of people at all: 403 before anything is looked
up, which tells nothing. What a metric counts is no secret.
"""

from coaching.metrics.services import ensure_default_metrics
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories import interactions as make


def build(cast, now):
    ensure_default_metrics(actor=None, now=now)
    case = make.interaction(cast.rita, now.date(), subject="Late parcel")
    make.message(case, "Where is it?")
    make.rating(cast.rita, now.date(), case=case, comment="Slow.")
    return {"figure_case": case}


def rita(w):
    return [w.rita.pk]


LEADERS = ("lead", "other_lead", "head")
OF_RITA = by_role(403, rep=200, other_rep=404, lead=200, other_lead=404, head=200)

ENTRIES = [
    Entry("metrics_home", get=only("rep", "other_rep", *LEADERS, status=302)),
    Entry("metrics_people", get=only(*LEADERS), query="?q=rita"),
    Entry("metrics_person", args=rita, get=OF_RITA),
    Entry("metrics_person_csv", args=rita, get=OF_RITA),
    Entry("metrics_cases", args=lambda w: [w.rita.pk, "volume"], get=OF_RITA),
    Entry("metrics_cases", args=lambda w: [w.rita.pk, "csat"], get=OF_RITA, case="ratings"),
    Entry(
        "metrics_cases",
        args=lambda w: [w.rita.pk, "no-such-metric"],
        get=by_role(403, rep=404, other_rep=404, lead=404, other_lead=404, head=404),
        case="no such metric",
    ),
    Entry("metrics_case", args=lambda w: [w.figure_case.pk], get=OF_RITA),
    Entry("metrics_definitions", get=signed_in(200)),
    Entry("metrics_definition", args=lambda w: ["csat"], get=signed_in(200)),
]
