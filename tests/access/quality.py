"""The quality room: Vera's queue, her reviews of Rita (a draft, a published one), and the scorecards.

A draft is its reviewer's alone. A published review is for the rep, those who lead the rep, the head,
and its reviewer. Scorecards are no secret once published; only the head and reviewers work on drafts.
"""

from coaching.quality import services
from coaching.quality.models import Criterion, Section
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories.quality import answers, make_draft, make_draw, make_interaction, make_published


def build(cast, now):
    published = make_published(cast.vera, cast.rita, number=1, now=now, own_the_mistake=0)
    draft = make_draft(cast.vera, cast.rita, number=2, now=now)
    services.save_draft(actor=cast.vera, review=draft, ratings=answers(draft), comment="Not yet.", now=now)
    scorecard = published.scorecard_version.scorecard
    version_draft = services.new_version(actor=cast.hana, scorecard=scorecard, now=now)
    other = services.create_scorecard(actor=cast.hana, name="Phone calls", key="phone-calls", now=now)
    return {
        "published": published,
        "draft": draft,
        "draw": make_draw(cast.vera, cast.rita, number=3, now=now),
        "case": make_interaction(cast.rita, number=4, now=now),
        "scorecard": scorecard,
        "version": published.scorecard_version,
        "version_draft": version_draft,
        "unpublished": other,
        "section": Section.objects.filter(version=version_draft).first(),
        "section_published": Section.objects.filter(version=published.scorecard_version).first(),
        "criterion": Criterion.objects.filter(section__version=version_draft).first(),
        "criterion_published": Criterion.objects.filter(section__version=published.scorecard_version).first(),
    }


def published(w):
    return [w.published.pk]


def draft(w):
    return [w.draft.pk]


def version(w):
    return [w.version.pk]


def version_draft(w):
    return [w.version_draft.pk]


WORKERS = ("reviewer", "lead", "other_lead", "head")  # have a queue
LEADERS = ("lead", "other_lead", "head")
MAKERS = ("reviewer", "head")  # write scorecards
OF_RITA = dict.fromkeys(("rep", "lead", "reviewer", "head"), 200)

VERSION_DATA = {
    "auto_fail": "cap",
    "cap": "50",
    "acknowledgement": "acknowledge",
    "sections-TOTAL_FORMS": "1",
    "sections-INITIAL_FORMS": "0",
    "sections-0-title": "Closing",
    "sections-0-order": "9",
}
CRITERION_DATA = {
    "label": "Says goodbye",
    "question": "Does the message end with a goodbye?",
    "weight": "5",
    "order": "9",
    "criticality": "none",
    "fail_below": "0.5",
    "answers-TOTAL_FORMS": "2",
    "answers-INITIAL_FORMS": "0",
    "answers-0-value": "1",
    "answers-0-label": "Yes",
    "answers-0-anchor": "It does.",
    "answers-1-value": "0",
    "answers-1-label": "No",
    "answers-1-anchor": "It does not.",
}

ENTRIES = [
    Entry("quality_home", get=signed_in(302)),
    # --- The queue: what was given to this person --------------------------------------------
    Entry("quality_queue", get=only(*WORKERS)),
    Entry("quality_queue", get=only(*WORKERS), query="?show=done&q=parcel&due=overdue", case="filtered"),
    Entry("quality_next", post=only(*WORKERS, status=302)),
    Entry("review_start", args=lambda w: [w.draw.pk], post=only("reviewer", status=302, others=404)),
    Entry(
        "draw_take_out",
        args=lambda w: [w.draw.pk],
        get=only("reviewer", others=404),
        post=only("reviewer", status=302, others=404),
        data=lambda w: {"reason": "Spam."},
    ),
    Entry(
        "draw_one",
        get=only(*LEADERS),
        # The other lead reads that none of their people's cases has this number.
        post=only("lead", "head", status=302) | {"other_lead": 200},
        data=lambda w: {"case": w.case.external_id, "reviewer": w.viktor.pk, "reason": "To learn from."},
    ),
    # --- Reading ----------------------------------------------------------------------------
    Entry("review_list", get=only(*LEADERS)),
    Entry("my_reviews", get=signed_in(200)),
    Entry("review_detail", args=published, get=by_role(404, **OF_RITA)),
    Entry("review_detail", args=draft, get=only("reviewer", status=302, others=404), case="draft"),
    Entry(
        "review_acknowledge",
        args=published,
        post=by_role(404, rep=302, lead=403, reviewer=403, head=403),
        data=lambda w: {"comment": "Fair."},
    ),
    Entry("review_acknowledge", args=draft, post=by_role(404, reviewer=403), case="draft"),
    Entry(
        "review_withdraw",
        args=published,
        get=by_role(404, rep=403, lead=403, reviewer=200, head=200),
        post=by_role(404, rep=403, lead=403, reviewer=302, head=302),
        data=lambda w: {"reason": "The wrong scorecard."},
    ),
    Entry("review_withdraw", args=draft, get=by_role(404, reviewer=403), post=by_role(404, reviewer=403), case="draft"),
    # --- Writing ----------------------------------------------------------------------------
    Entry(
        "review_edit",
        args=draft,
        get=only("reviewer", others=404),
        post=only("reviewer", status=302, others=404),
        data=lambda w: {"action": "save", "overall": "Better now."},
    ),
    Entry(
        "review_edit",
        args=published,
        get=by_role(404, rep=403, lead=403, reviewer=302, head=403),
        post=by_role(404, rep=403, lead=403, reviewer=403, head=403),
        data=lambda w: {"action": "save", "overall": "Changed."},
        case="published",
    ),
    Entry("review_publish", args=draft, get=only("reviewer", others=404), post=only("reviewer", status=302, others=404)),
    Entry(
        "review_publish",
        args=published,
        get=by_role(404, rep=403, lead=403, reviewer=302, head=403),
        post=by_role(404, rep=403, lead=403, reviewer=302, head=403),
        case="published",
    ),
    # --- Scorecards -------------------------------------------------------------------------
    Entry("scorecard_list", get=signed_in(200)),
    Entry(
        "scorecard_create",
        get=only(*MAKERS),
        post=only(*MAKERS, status=302),
        data=lambda w: {"name": "Chat", "channel": "chat"},
    ),
    Entry("scorecard_new_version", args=lambda w: [w.scorecard.key], post=only(*MAKERS, status=302)),
    Entry(
        "scorecard_new_version",
        args=lambda w: [w.unpublished.key],
        post=only(*MAKERS, status=302, others=404),
        case="never published",
    ),
    Entry("version_detail", args=version, get=signed_in(200)),
    Entry("version_detail", args=version_draft, get=only(*MAKERS, others=404), case="draft"),
    Entry(
        "version_edit",
        args=version_draft,
        get=only(*MAKERS, others=404),
        post=only(*MAKERS, status=302, others=404),
        data=lambda w: VERSION_DATA,
    ),
    Entry("version_edit", args=version, get=signed_in(403), post=signed_in(403), data=lambda w: VERSION_DATA, case="published"),
    Entry("version_publish", args=version_draft, post=only(*MAKERS, status=302, others=404)),
    Entry("version_publish", args=version, post=signed_in(403), case="published"),
    Entry(
        "version_archive",
        args=version_draft,
        get=only(*MAKERS, others=404),
        post=only(*MAKERS, status=302, others=404),
        case="draft",
    ),
    Entry("version_archive", args=version, get=only(*MAKERS), post=only(*MAKERS, status=302)),
    Entry(
        "criterion_create",
        args=lambda w: [w.section.pk],
        get=only(*MAKERS, others=404),
        post=only(*MAKERS, status=302, others=404),
        data=lambda w: CRITERION_DATA | {"section": w.section.pk},
    ),
    Entry(
        "criterion_create",
        args=lambda w: [w.section_published.pk],
        get=signed_in(403),
        post=signed_in(403),
        data=lambda w: CRITERION_DATA | {"section": w.section_published.pk},
        case="published",
    ),
    Entry(
        "criterion_edit",
        args=lambda w: [w.criterion.pk],
        get=only(*MAKERS, others=404),
        post=only(*MAKERS, status=302, others=404),
        data=lambda w: CRITERION_DATA | {"section": w.criterion.section_id, "key": w.criterion.key},
    ),
    Entry(
        "criterion_edit",
        args=lambda w: [w.criterion_published.pk],
        get=signed_in(403),
        post=signed_in(403),
        data=lambda w: CRITERION_DATA | {"section": w.criterion_published.section_id},
        case="published",
    ),
    Entry(
        "criterion_remove",
        args=lambda w: [w.criterion.pk],
        get=only(*MAKERS, others=404),
        post=only(*MAKERS, status=302, others=404),
    ),
    Entry(
        "criterion_remove", args=lambda w: [w.criterion_published.pk], get=signed_in(403), post=signed_in(403), case="published"
    ),
]
