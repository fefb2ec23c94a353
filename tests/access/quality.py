"""Reviews, what is drawn for them, and scorecards. Vera reviews Rita."""

from django.utils import timezone

from coaching.quality import services
from coaching.quality.disputes.services import PointInput, raise_dispute
from coaching.quality.models import Answer, Criterion, Review, Scorecard, ScorecardVersion, Section
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories.quality import make_draft, make_draw, make_interaction, make_published

EDITS = {"reviewer": 200, "head": 200}
EDITS_POST = {"reviewer": 302, "head": 302}
QUEUE = ("reviewer", "lead", "other_lead", "head")
LEADS = ("lead", "other_lead", "head")
RULES = {"auto_fail": "cap", "cap": "50", "acknowledgement": "none", "dispute_days": "14"}
NO_SECTIONS = {"sections-TOTAL_FORMS": "0", "sections-INITIAL_FORMS": "0"}


def build(cast, now):
    published = make_published(cast.vera, cast.rita, number=1, now=now)
    # Today, not on the day of the tests: only so can it be disputed.
    Review.objects.filter(pk=published.pk).update(published_at=timezone.now())
    withdrawn = make_published(cast.vera, cast.rita, number=2, now=now)
    services.withdraw_review(actor=cast.vera, review=withdrawn, reason="The wrong case.", now=now)
    draft = make_draft(cast.vera, cast.rita, number=3, now=now)
    disputed = make_published(cast.vera, cast.rita, number=6, now=now, warm_greeting=0)
    greeting = Criterion.objects.get(section__version=disputed.scorecard_version, key="warm-greeting")
    point = PointInput(criterion_id=greeting.pk, reason="I greeted.")
    services.new_version(actor=cast.hana, scorecard=Scorecard.objects.get(), now=now)
    version, new = ScorecardVersion.objects.get(state="published"), ScorecardVersion.objects.get(state="draft")
    return {
        "dispute": raise_dispute(actor=cast.rita, review=disputed, points=[point], now=now),
        "greeting": greeting.pk,
        "greeted": Answer.objects.get(criterion=greeting, value=1).pk,
        "published": published,
        "withdrawn": withdrawn,
        "draft": draft,
        "draw": make_draw(cast.vera, cast.rita, number=4, now=now),
        "case": make_interaction(cast.rita, number=5, now=now),
        "version": version,
        "new": new,
        "part": Section.objects.filter(version=new).first(),
        "criterion": Criterion.objects.filter(section__version=new).first(),
        "old_criterion": Criterion.objects.filter(section__version=version).first(),
    }


def of(name):
    return lambda w: [getattr(w, name).pk]


ENTRIES = [
    Entry("quality_home", get=signed_in(302)),
    Entry("quality_queue", get=only(*QUEUE)),
    Entry("quality_queue", get=only(*QUEUE), query="?show=done", case="done"),
    Entry("quality_next", post=only(*QUEUE, status=302)),
    Entry("review_start", args=of("draw"), post=by_role(404, reviewer=302)),
    Entry("draw_take_out", args=of("draw"), get=by_role(404, reviewer=200), post=by_role(404, reviewer=200)),
    Entry("draw_list", get=only(*LEADS)),
    Entry(
        "draw_reassign",
        args=of("draw"),
        get=by_role(404, reviewer=403, lead=200, head=200),
        post=by_role(404, reviewer=403, lead=302, head=302),
        data=lambda w: {"reviewer": w.viktor.pk},
    ),
    Entry("draw_one", get=only(*LEADS), post=only(*LEADS)),
    Entry(
        "draw_one",
        get=only(*LEADS),
        post=by_role(403, lead=302, head=302, other_lead=200),
        data=lambda w: {"case": w.case.external_id, "reviewer": w.vera.pk, "reason": "Look at this"},
        case="Rita's case",
    ),
    Entry("review_list", get=only(*LEADS)),
    Entry("my_reviews", get=signed_in(200)),
    Entry("review_detail", args=of("published"), get=by_role(404, rep=200, lead=200, reviewer=200, head=200)),
    Entry("review_detail", args=of("withdrawn"), get=by_role(404, rep=200, lead=200, reviewer=200, head=200), case="withdrawn"),
    Entry("review_detail", args=of("draft"), get=by_role(404, reviewer=302), case="draft"),
    Entry("review_edit", args=of("draft"), get=by_role(404, reviewer=200), post=by_role(404, reviewer=302)),
    Entry(
        "review_edit",
        args=of("published"),
        get=by_role(404, reviewer=302, rep=403, lead=403, head=403),
        post=by_role(404, reviewer=403, rep=403, lead=403, head=403),
        case="published",
    ),
    Entry("review_publish", args=of("draft"), get=by_role(404, reviewer=302), post=by_role(404, reviewer=302)),
    Entry(
        "review_publish",
        args=of("published"),
        get=by_role(404, reviewer=302, rep=403, lead=403, head=403),
        post=by_role(404, reviewer=302, rep=403, lead=403, head=403),
        case="published",
    ),
    Entry(
        "review_withdraw",
        args=of("published"),
        get=by_role(404, reviewer=200, head=200, rep=403, lead=403),
        post=by_role(404, reviewer=302, head=302, rep=403, lead=403),
        data=lambda w: {"reason": "The wrong case."},
    ),
    Entry("review_withdraw", args=of("draft"), get=by_role(404, reviewer=403), case="draft"),
    Entry("review_acknowledge", args=of("published"), post=by_role(404, rep=302, lead=403, reviewer=403, head=403)),
    Entry(
        "dispute_raise",
        args=of("published"),
        get=by_role(404, rep=200, lead=403, reviewer=403, head=403),
        post=by_role(404, rep=302, lead=403, reviewer=403, head=403),
        data=lambda w: {"kind": "wrong_person", "reason": "Ravi had it."},
    ),
    Entry("dispute_list", get=signed_in(200)),
    Entry("dispute_list", get=signed_in(200), query="?show=all", case="all"),
    Entry("dispute_detail", args=of("dispute"), get=by_role(404, rep=200, lead=200, reviewer=200, head=200)),
    Entry("dispute_take_back", args=of("dispute"), post=by_role(404, rep=302, lead=403, reviewer=403, head=403)),
    Entry(
        "dispute_forward",
        args=of("dispute"),
        post=by_role(404, rep=403, lead=302, reviewer=403, head=302),
        data=lambda w: {"decider": w.viktor.pk},
    ),
    Entry(
        "dispute_decline",
        args=of("dispute"),
        post=by_role(404, rep=403, lead=302, reviewer=403, head=302),
        data=lambda w: {"comment": "We talked."},
    ),
    Entry(
        "dispute_decide",
        args=of("dispute"),
        post=by_role(404, rep=403, lead=403, reviewer=403, head=302),
        data=lambda w: {
            "comment": "So it is.",
            "grader_error": "yes",
            f"accept-{w.greeting}": "yes",
            f"answer-{w.greeting}": w.greeted,
        },
    ),
    Entry("scorecard_list", get=signed_in(200)),
    Entry(
        "scorecard_create",
        get=only("reviewer", "head"),
        post=only("reviewer", "head", status=302),
        data=lambda w: {"name": "Calls", "channel": "phone"},
    ),
    Entry("scorecard_import", get=only("reviewer", "head"), post=only("reviewer", "head", status=422)),
    Entry("scorecard_export", args=of("version"), get=signed_in(200)),
    Entry("scorecard_export", args=of("new"), get=by_role(404, **EDITS), case="draft"),
    Entry("version_compare", args=of("version"), get=signed_in(200)),
    Entry("version_compare", args=of("new"), get=by_role(404, **EDITS), case="draft"),
    Entry("scorecard_new_version", args=lambda w: ["written-conversation"], post=only("reviewer", "head", status=302)),
    Entry("version_detail", args=of("version"), get=signed_in(200)),
    Entry("version_detail", args=of("new"), get=by_role(404, **EDITS), case="draft"),
    Entry(
        "version_edit",
        args=of("new"),
        get=by_role(404, **EDITS),
        post=by_role(404, **EDITS_POST),
        data=lambda w: RULES | NO_SECTIONS,
    ),
    Entry("version_edit", args=of("version"), get=only(), post=only(), case="published"),
    Entry("version_publish", args=of("new"), post=by_role(404, **EDITS_POST)),
    Entry("version_publish", args=of("version"), post=only(), case="published"),
    Entry(
        "version_archive",
        args=of("version"),
        get=only("reviewer", "head"),
        post=only("reviewer", "head", status=302),
    ),
    Entry("criterion_create", args=of("part"), get=by_role(404, **EDITS), post=by_role(404, **EDITS)),
    Entry("criterion_edit", args=of("criterion"), get=by_role(404, **EDITS), post=by_role(404, **EDITS)),
    Entry("criterion_edit", args=of("old_criterion"), get=only(), post=only(), case="published"),
    Entry("criterion_remove", args=of("criterion"), get=by_role(404, **EDITS), post=by_role(404, **EDITS_POST)),
]
