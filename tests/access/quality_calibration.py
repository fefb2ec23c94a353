"""Calibration, agreement, severity and second readings. Vera and Viktor score Rita's conversations; Hana facilitates."""

from django.db.models import Q
from django.utils import timezone

from coaching.quality.calibration import services
from coaching.quality.models import BlindScoring, CalibrationSession
from tests.access_table import Entry, by_role
from tests.factories.calibration import make_session, scoring_of
from tests.factories.quality import make_published

KNOWS = {"lead": 200, "other_lead": 200, "reviewer": 200, "head": 200}
REVIEWERS = {"reviewer": 200, "head": 200, "lead": 403, "other_lead": 403}
LEADS_IT = {"reviewer": 403, "head": 302}


def build(cast, now):
    """States are written straight to the database: what leads to them has tests of its own."""

    def session(first, **state):
        made = make_session(cast.hana, [cast.vera, cast.viktor], rep=cast.rita, first=first, open_it=bool(state), now=now)
        CalibrationSession.objects.filter(pk=made.pk).update(**state or {"due_on": timezone.localdate()})
        return made

    review = make_published(cast.vera, cast.rita, number=11, now=now)
    reading = services.ask_grader_review(actor=cast.hana, review=review, grader=cast.viktor, now=now)
    scoring, discussed = session(200, state="scoring"), session(300, state="review", ended_at=now)
    submitted = BlindScoring.objects.filter(Q(pk=reading.scoring_id) | Q(item__session=scoring, scorer=cast.viktor))
    submitted.update(state="submitted", submitted_at=now)
    open_review = make_published(cast.vera, cast.rita, number=12, now=now)
    return {
        "prepared": session(100),
        "session": scoring,
        "discussed": discussed,
        "agreed": session(400, state="resolved", ended_at=now),
        "own": scoring_of(scoring, cast.vera),
        "others": scoring_of(scoring, cast.viktor),
        "item": discussed.items.get(),
        "hidden": scoring.items.get(),
        "reading": reading,
        "open_review": open_review,
    }


def of(name):
    return lambda w: [getattr(w, name).pk]


ENTRIES = [
    Entry("calibration_list", get=by_role(404, **KNOWS)),
    Entry(
        "calibration_create",
        get=by_role(404, **REVIEWERS),
        post=by_role(404, **REVIEWERS | {"head": 200}),
        data=lambda w: {"title": ""},
    ),
    Entry("calibration_detail", args=of("prepared"), get=by_role(404, head=200), case="being prepared"),
    Entry("calibration_detail", args=of("session"), get=by_role(404, reviewer=200, head=200)),
    Entry("calibration_detail", args=of("discussed"), get=by_role(404, reviewer=200, head=200), case="being discussed"),
    Entry("calibration_change", args=of("prepared"), get=by_role(404, head=200), post=by_role(404, head=200)),
    Entry(
        "calibration_change",
        args=of("session"),
        get=by_role(404, reviewer=403, head=403),
        post=by_role(404, reviewer=403, head=403),
        case="scoring",
    ),
    Entry("calibration_discard", args=of("prepared"), get=by_role(404, head=200), post=by_role(404, head=302)),
    Entry("calibration_open", args=of("prepared"), post=by_role(404, head=302)),
    Entry("calibration_end", args=of("session"), post=by_role(404, **LEADS_IT)),
    Entry("calibration_resolve", args=of("discussed"), post=by_role(404, **LEADS_IT)),
    Entry("calibration_close", args=of("agreed"), post=by_role(404, **LEADS_IT)),
    Entry("calibration_item", args=of("item"), get=by_role(404, reviewer=200, head=200), post=by_role(404, **LEADS_IT)),
    Entry(
        "calibration_item",
        args=of("hidden"),
        get=by_role(404, reviewer=403, head=403),
        post=by_role(404, reviewer=403, head=403),
        case="before the end",
    ),
    Entry("scoring_edit", args=of("own"), get=by_role(404, reviewer=200), post=by_role(404, reviewer=302)),
    Entry("scoring_edit", args=of("others"), get=by_role(404), post=by_role(404), case="another's"),
    Entry("agreement", get=by_role(404, **REVIEWERS)),
    Entry("severity", get=by_role(404, **REVIEWERS)),
    Entry("grader_list", get=by_role(404, **KNOWS)),
    Entry(
        "grader_draw",
        post=by_role(404, reviewer=403, lead=403, other_lead=403, head=302),
        data=lambda w: {"per_reviewer": "1"},
    ),
    Entry("grader_detail", args=of("reading"), get=by_role(404, reviewer=200, head=200)),
    Entry("grader_reply", args=of("reading"), post=by_role(404, reviewer=302, head=403), data=lambda w: {"comment": "I see it."}),
    Entry(
        "grader_ask",
        args=of("open_review"),
        get=by_role(404, lead=403, reviewer=403, head=200),
        post=by_role(404, lead=403, reviewer=403, head=302),
        data=lambda w: {"grader": w.viktor.pk},
    ),
]
