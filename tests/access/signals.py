"""Signals: a lead's people and teams, everything for the head, a rep what is held about themselves."""

from datetime import timedelta

from coaching.metrics.models import MetricDefinition
from coaching.metrics.services import ensure_default_metrics
from coaching.signals.models import Annotation, Signal, SignalRun
from coaching.signals.raising import ensure_settings
from coaching.signals.services import add_annotation
from tests.access_table import Entry, by_role, only


def build(cast, now):
    ensure_default_metrics(now=now)
    today = now.date()
    run = SignalRun.objects.create(as_of=today, settings=ensure_settings(now), ran_at=now)

    def signal(**fields):
        values = {
            "definition": MetricDefinition.objects.current().get(key="csat"),
            "metric_key": "csat",
            "run": run,
            "level": Signal.Level.SUGGEST,
            "raised_on": today,
            "window_first": today - timedelta(days=27),
            "window_last": today,
            "n": 160,
            "observed": 0.6,
            "expected": 0.82,
            "baseline": 0.82,
            "baseline_n": 900,
            "shift": -0.22,
            "probability": 0.96,
            "muted_until": today + timedelta(weeks=8),
        }
        return Signal.objects.create(**(values | fields))

    note = add_annotation(
        actor=cast.lena, kind=Annotation.Kind.OUTAGE, text="Recall", first=today, last=today, team=cast.harbour, now=now
    )
    closed = signal(person=cast.rita, raised_on=today - timedelta(days=60), state=Signal.State.DISMISSED, reason="New product")
    return {"signal": signal(person=cast.rita), "team_signal": signal(team=cast.harbour), "closed": closed, "note": note}


def mine(w):
    return [w.signal.pk]


READ = by_role(404, rep=200, lead=200, head=200, reviewer=403, editor=403, admin=403)
DO = by_role(404, rep=403, lead=302, head=302, reviewer=403, editor=403, admin=403)

ENTRIES = [
    Entry("signal_list", get=by_role(403, rep=302, other_rep=302, lead=200, other_lead=200, head=200)),
    Entry("signal_raise", post=only("head", status=302)),
    Entry("signal_settings", get=only("head"), post=only("head"), data=lambda w: {"action": "preview"}),
    Entry("signal_detail", args=mine, get=READ),
    Entry(
        "signal_detail",
        args=lambda w: [w.team_signal.pk],
        get=by_role(404, lead=200, head=200, reviewer=403, editor=403, admin=403),
        case="of a team",
    ),
    Entry("signal_see", args=mine, post=DO),
    Entry("signal_dismiss", args=mine, post=DO, data=lambda w: {"reason": "A new product"}),
    Entry("signal_act", args=mine, post=DO, data=lambda w: {"note": "We talked"}),
    Entry("signal_mute", args=mine, post=DO, data=lambda w: {"weeks": "8"}),
    Entry("signal_reopen", args=lambda w: [w.closed.pk], post=DO),
    Entry("signal_person", args=lambda w: [w.rita.pk], get=READ),
    Entry(
        "signal_team",
        args=lambda w: [w.harbour.pk],
        get=by_role(403, lead=200, other_lead=404, head=200),
    ),
    Entry(
        "annotation_add",
        get=only("lead", "other_lead", "head"),
        post=only("lead", "head", status=302) | {"other_lead": 200},
        data=lambda w: {"kind": "outage", "text": "Recall", "first": "2026-06-01", "team": w.harbour.pk},
    ),
    Entry("annotation_remove", args=lambda w: [w.note.pk], post=by_role(403, lead=302, other_lead=404, head=302)),
]
