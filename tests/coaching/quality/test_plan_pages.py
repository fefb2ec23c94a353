"""Sampling plans through the front door: made, looked at, switched, drawn, planned; a draw replaced; work of the absent moved."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from coaching.quality import services as reviews
from coaching.quality.models import PlanShare, Review, ReviewDraw, SamplingPlan
from coaching.quality.plans.planner import minutes_per_review
from coaching.quality.plans.services import draw_plan
from people.models import AuditEntry
from tests.access.quality_sampling import NEW
from tests.factories.plans import make_cases, make_plan
from tests.factories.quality import make_draft, make_draw, make_published
from tests.factories.quality_scores import scored

MONDAY = date(2026, 6, 8)


@pytest.fixture(autouse=True)
def _today(time_machine, now):
    time_machine.move_to(now, tick=False)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_plan_from_the_editor_to_the_queues(cast, now, sign_in):
    make_cases(cast.rita, MONDAY, 7, each=2)
    make_cases(cast.ravi, MONDAY, 1)
    head = sign_in(cast.hana)
    assert "Two a week from everybody" in text_of(head.get(reverse("plan_list")))
    wish = NEW | {"teams": [cast.harbour.pk], "by_risk": "on", f"reviewer_{cast.vera.pk}": "on", f"capacity_{cast.vera.pk}": "3"}
    # Counted first, and nothing saved.
    seen = text_of(head.post(reverse("plan_create"), wish | {"preview": "1"}))
    assert "Would draw 3 of 15 eligible conversations of 2 people, for one reviewer." in seen
    assert "one of 4 wanted reviews would be missing" in seen
    assert SamplingPlan.objects.count() == 1
    # What is wrong is said where it is wrong, and what was filled in stays.
    wrong = text_of(head.post(reverse("plan_create"), wish | {"outside_percent": "5", "share_high": "20"}))
    assert "At least 20 %" in wrong
    assert "that make 100 %" in wrong
    seen = text_of(head.post(reverse("plan_create"), wish, follow=True))
    assert "Nothing is drawn by it until you switch it on." in seen
    plan = SamplingPlan.objects.get(name="Ours")
    assert (plan.state, plan.says.teams, plan.says.capacities) == ("draft", (cast.harbour.pk,), {str(cast.vera.pk): 3})
    entry = AuditEntry.objects.get(verb="plan.create")
    assert (entry.after["number"], entry.after["by_risk"], "percent" in entry.after) == (3, True, False)
    assert "not switched on" in text_of(head.post(reverse("plan_draw", args=[plan.pk]), follow=True))
    head.post(reverse("plan_switch_on", args=[plan.pk]))
    assert "3 conversations drawn." in text_of(head.post(reverse("plan_draw", args=[plan.pk]), follow=True))
    assert set(ReviewDraw.objects.values_list("reviewer", "plan")) == {(cast.vera.pk, plan.pk)}
    assert "Nothing more to draw" in text_of(head.post(reverse("plan_draw", args=[plan.pk]), follow=True))
    page = text_of(sign_in(cast.vera).get(reverse("plan_detail", args=[plan.pk])))
    assert "Planned 4 Drawn 3 Done 0 Open 3" in page
    assert "One planned review could not be given to anybody" in page
    assert "counted them less, so the score stays fair" in page
    # A change counts from the next cycle.
    assert "Saved. A cycle" in text_of(head.post(reverse("plan_edit", args=[plan.pk]), wish | {"number": "5"}, follow=True))
    again = text_of(head.get(reverse("plan_edit", args=[plan.pk])))
    assert "Would draw 3 of 15 eligible" in again, "what it has drawn itself counts as not drawn"
    assert "changed since" in text_of(head.get(reverse("plan_detail", args=[plan.pk])))
    assert draw_plan(actor=None, plan=plan, now=now).draws == []
    head.post(reverse("plan_switch_off", args=[plan.pk]))
    plan.refresh_from_db()
    assert plan.state == "off"
    taken = text_of(head.post(reverse("plan_create"), wish))
    assert "There is already a plan Ours." in taken


def test_the_rep_reads_why_difficult_cases_are_looked_at_more_often(cast, now, sign_in):
    review = make_published(cast.vera, cast.rita, now=now)
    words = "We looked deliberately more often at difficult cases"
    assert words not in text_of(sign_in(cast.rita).get(reverse("review_detail", args=[review.pk])))
    ReviewDraw.objects.update(plan=make_plan(now=now, number=5, by_risk=True))
    assert words in text_of(sign_in(cast.rita).get(reverse("review_detail", args=[review.pk])))


def test_a_reviewer_has_another_one_drawn(cast, now, sign_in):
    make_cases(cast.rita, MONDAY, 3)
    draw = draw_plan(actor=None, plan=make_plan(now=now, number=2, reviewers=(cast.vera.pk,)), now=now).draws[0]
    vera, url = sign_in(cast.vera), reverse("draw_replace", args=[draw.pk])
    assert url in vera.get(reverse("draw_take_out", args=[draw.pk])).content.decode()
    assert "is in your queue" in text_of(vera.post(url, {"reason": "A test."}, follow=True))
    assert vera.get(url).status_code == 404
    assert sorted(ReviewDraw.objects.values_list("state", flat=True)) == ["replaced", "waiting", "waiting"]
    last = ReviewDraw.objects.filter(state="waiting").first()
    assert "no other conversation" in text_of(vera.post(reverse("draw_replace", args=[last.pk]), {"reason": "A test."}))
    assert "Coaching only" not in text_of(vera.get(reverse("quality_queue")))
    by_hand = make_draw(cast.vera, cast.rita, number=9, now=now, method="hand_picked")
    assert "Coaching only" in text_of(vera.get(reverse("quality_queue")))
    assert "No plan drew this" in text_of(vera.post(reverse("draw_replace", args=[by_hand.pk]), {"reason": "A test."}))


def test_open_work_of_who_is_away_goes_to_others(cast, now, sign_in):
    make_cases(cast.rita, MONDAY, 7)
    make_cases(cast.otto, MONDAY, 7)
    plan = make_plan(now=now, number=4, capacity=6)
    draw_plan(actor=None, plan=plan, now=now)
    make_draft(cast.vera, cast.rita, number=8, now=now)
    due = now.date() + timedelta(days=7)
    lena, url = sign_in(cast.lena), reverse("plan_rebalance")
    assert "Nothing lies with anybody who is away" in text_of(lena.get(url))
    sign_in(cast.vera).post(
        reverse("absence_list"), {"person": cast.vera.pk, "starts_on": due - timedelta(days=1), "until": due, "note": "Secret"}
    )
    mine = ReviewDraw.objects.filter(reviewer=cast.vera, reviewee=cast.rita, state="waiting")
    pks = list(mine.values_list("pk", flat=True))
    kept = {(d.interaction_id, d.inclusion, d.stratum_cases, d.plan_id, d.period) for d in mine}
    assert "open reviews lie with somebody who is away" in text_of(lena.get(reverse("draw_list")))
    page = lena.get(url).content.decode()
    assert all(f'value="{pk}"' in page for pk in pks)
    assert page.count("checked") == len(pks), "what was begun is not ticked"
    assert "Otto" not in page
    assert "Secret" not in page
    others = ReviewDraw.objects.filter(reviewer=cast.vera, reviewee=cast.otto).first()
    # Viktor has four of six already: two fit.
    answer = text_of(lena.post(url, {"draw": [*pks, others.pk]}, follow=True))
    room = 6 - 4
    assert f"{min(room, len(pks))} reviews were given to others." in answer or "One review was given" in answer
    moved = ReviewDraw.objects.filter(reviewer=cast.viktor, reviewee=cast.rita, drawn_by=cast.lena)
    assert moved.count() == min(room, len(pks))
    assert {(d.interaction_id, d.inclusion, d.stratum_cases, d.plan_id, d.period) for d in moved} <= kept
    assert ReviewDraw.objects.get(pk=others.pk).state == "waiting"
    assert AuditEntry.objects.get(verb="plan.rebalance").actor == cast.lena
    assert "Tick what should be moved." in text_of(lena.post(url, {}, follow=True))


def test_the_planner_says_what_a_margin_takes(cast, now, sign_in):
    plan = make_plan(now=now, number=2)
    url = reverse("plan_planner", args=[plan.pk])
    head = sign_in(cast.hana)
    page = text_of(head.get(url))
    assert "For ±5 points you need 23 reviews per rep per month." in page
    assert "a usual value, not yours" in page
    assert "no number of reviews gets there" in page
    assert "This plan draws about 8.7 per person and month." in page
    assert "not known yet" in page
    for row in ("10 ±7.4 ±12.3 0.63", "20 ±5.3 ±11.1 0.78"):
        assert row in page
    page = text_of(head.get(url + "?margin=12&minutes=30"))
    assert "For ±12 points you need 4 reviews per rep per month." in page
    assert "3 people and 2 reviewers that is 3.0 hours per reviewer" in page
    assert head.get(url + "?margin=0").status_code == 422


def test_two_plans_by_lot_that_meet_are_named_on_their_pages(cast, now, sign_in):
    SamplingPlan.objects.all().delete()
    make_cases(cast.rita, MONDAY, 5, each=4, channel="chat")
    harbour = make_plan("Harbour", now=now, number=2, teams=(cast.harbour.pk,), reviewers=(cast.vera.pk,))
    head = sign_in(cast.hana)

    def said(plan):
        return text_of(head.get(reverse("plan_detail", args=[plan.pk]))).replace(" :", ":")

    draw_plan(actor=None, plan=harbour, now=now)
    assert "draw from the same conversations" not in said(harbour)
    chat = make_plan(
        "Chat", on=False, now=now, number=5, channels=("chat",), reviewers=(cast.viktor.pk,), rhythm="monthly", start=1
    )
    assert "Switched on, several plans would draw from the same conversations Harbour: conversations of 2 people" in said(chat)
    head.post(reverse("plan_switch_on", args=[chat.pk]))
    for one, other in ((chat, "Harbour"), (harbour, "Chat")):
        page = said(one)
        assert f"Several plans draw from the same conversations {other}: conversations of 2 people" in page
        assert "In a score these conversations count with both plans" in page
        assert "leave these people out of one of the plans" in page
    # What is said is so: the second draws from what the first has left, and its chance is of that.
    weekly = make_plan("Weekly", now=now, number=5, people=(cast.rita.pk,), reviewers=(cast.viktor.pk,))
    assert {(d.stratum_cases, d.inclusion) for d in draw_plan(actor=None, plan=weekly, now=now).draws} == {(18, 5 / 18)}
    # Seen before it is saved, too.
    seen = text_of(head.post(reverse("plan_create"), NEW | {"preview": "1", "channels": ["chat"]})).replace(" :", ":")
    assert "Switched on, several plans would draw from the same conversations Chat: conversations of 3 people" in seen
    # Kept apart: by channel, by people, for a reason, or switched off.
    make_plan("Voice", now=now, number=1, channels=("phone",))
    assert "Voice" not in said(chat)
    meadow = make_plan("Meadow", now=now, number=1, teams=(cast.meadow.pk,), channels=("email",))
    assert "Harbour" not in said(meadow)
    reason = make_plan("Why", kind="targeted", now=now, only_reopened=True)
    assert "Why" not in said(harbour)
    assert "draw from the same" not in said(reason)
    head.post(reverse("plan_switch_off", args=[chat.pk]))
    assert "Chat:" not in said(harbour)


def test_the_time_of_a_review_is_that_of_its_clock_where_one_ran(cast, now):
    """A clock stops while somebody does something else; from begin to publishing counts only where there was none."""
    timed = scored(cast.vera, cast.rita, [80] * 8, now=now)
    begun = now - timedelta(days=3)
    # Begun in the morning, published after a meeting and lunch; one was held for three days. Ten minutes of work each.
    Review.objects.filter(pk__in=[one.pk for one in timed]).update(started_at=begun - timedelta(minutes=90), review_seconds=600)
    Review.objects.filter(pk=timed[0].pk).update(started_at=begun - timedelta(days=3))
    assert minutes_per_review(now) is None, "eight are too few"
    untimed = scored(cast.vera, cast.ravi, [80] * 3, now=now)
    Review.objects.filter(pk__in=[one.pk for one in untimed]).update(started_at=begun - timedelta(minutes=20))
    assert minutes_per_review(now) == 10
    Review.objects.filter(pk__in=[one.pk for one in timed]).update(review_seconds=0)
    assert minutes_per_review(now) == 90, "without clocks, from begin to publishing, of one sitting"


def test_a_list_without_plans_and_a_plan_without_cycles(cast, now, sign_in):
    SamplingPlan.objects.all().delete()
    head = sign_in(cast.hana)
    assert "No plan yet" in text_of(head.get(reverse("plan_list")))
    plan = make_plan(now=now, rhythm="monthly", start=3, time_zone="Asia/Tokyo", channels=("chat",), min_replies=2)
    page = text_of(head.get(reverse("plan_detail", args=[plan.pk])))
    assert "Every month, from day 3 (Asia/Tokyo)" in page
    assert "Chat; at least 2 replies by us" in page
    assert "Would draw 0 of 0" in page
    reviews.ensure_starter_scorecard(actor=None, now=now)
    assert (Review.objects.count(), PlanShare.objects.count()) == (0, 0)
