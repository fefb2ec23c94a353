"""A reviewer or a rep leaves: no work lies with nobody, none is given to who is gone, and history stays."""

from datetime import timedelta

import pytest
from django.urls import reverse

from coaching.quality import access, queries, services
from coaching.quality.models import Review, ReviewDraw
from coaching.quality.services import QualityError
from people.models import AuditEntry, Person, Role
from people.services import deactivate_person, grant_role, revoke_role
from tests.browser import assert_accessible
from tests.factories.quality import answers, make_draft, make_draw, make_interaction, make_published


def leave(person, now):
    deactivate_person(actor=None, person=person, now=now)


def lose_role(person, now):
    revoke_role(actor=None, person=person, role=Role.REVIEWER, now=now)


def fresh(person) -> Person:
    """As the next request reads them: roles are remembered for one request."""
    return Person.objects.get(pk=person.pk)


@pytest.mark.parametrize("gone", [leave, lose_role])
def test_the_lead_gives_what_lies_with_nobody_to_another_reviewer(cast, now, sign_in, time_machine, gone):
    time_machine.move_to(now, tick=False)
    draw = make_draw(cast.vera, cast.rita, now=now - timedelta(days=5))
    draw.period = "2026-W24"
    draw.save()
    client = sign_in(cast.lena)
    assert "no longer reviews" not in client.get(reverse("review_list")).content.decode()
    gone(cast.vera, now)
    assert "One conversation waits for somebody who no longer reviews." in client.get(reverse("review_list")).content.decode()
    assert "No longer reviews" in client.get(reverse("draw_list")).content.decode()
    page = client.get(reverse("draw_reassign", args=[draw.pk])).content.decode()
    assert "Viktor Example" in page
    assert f'<option value="{cast.vera.pk}"' not in page
    done = client.post(reverse("draw_reassign", args=[draw.pk]), {"reviewer": cast.viktor.pk}, follow=True).content.decode()
    assert "Viktor Example has it in the queue now." in done
    assert "no longer reviews" not in client.get(reverse("review_list")).content.decode()

    given = ReviewDraw.objects.get(reviewer=cast.viktor)
    assert (given.method, given.reason, given.period, given.state) == ("random", draw.reason, "2026-W24", "waiting")
    assert (given.drawn_by, given.due_on) == (cast.lena, now.date() + timedelta(days=7))
    assert list(queries.queue_for(cast.viktor, now)) == [given]
    entry = AuditEntry.objects.get(verb="review.reassign_draw")
    assert (entry.actor, entry.subject) == (cast.lena, cast.rita)
    assert entry.before == {"draw": draw.pk, "reviewer": cast.vera.pk, "state": "waiting"}
    assert entry.after == {"draw": given.pk, "reviewer": cast.viktor.pk}


def test_a_draft_begun_stays_unpublished_and_out_of_reach(cast, now, sign_in):
    draft = make_draft(cast.vera, cast.rita, now=now)
    services.save_draft(actor=cast.vera, review=draft, ratings=answers(draft), comment="", now=now)
    vera = sign_in(cast.vera)
    assert vera.get(reverse("review_edit", args=[draft.pk])).status_code == 200
    services.reassign_draw(actor=cast.lena, draw=draft.draw, reviewer=cast.viktor, now=now)
    for name in ("review_edit", "review_publish", "review_detail"):
        assert vera.get(reverse(name, args=[draft.pk])).status_code == 404, name
    assert vera.post(reverse("review_publish", args=[draft.pk])).status_code == 404
    for wish in (
        lambda: services.publish_review(actor=cast.vera, review=draft, now=now),
        lambda: services.save_draft(actor=cast.vera, review=draft, ratings=[], comment="More", now=now),
    ):
        with pytest.raises(QualityError, match="given to somebody else"):
            wish()
    sign_in(cast.viktor).post(reverse("review_start", args=[ReviewDraw.objects.get(reviewer=cast.viktor).pk]))
    assert set(Review.objects.values_list("reviewer", "state")) == {(cast.vera.pk, "draft"), (cast.viktor.pk, "draft")}


def test_what_was_taken_out_or_given_away_cannot_be_reviewed_by_its_address(cast, now, sign_in):
    draws = [make_draw(cast.vera, cast.rita, number=number, now=now) for number in range(2)]
    services.ensure_starter_scorecard(actor=None, now=now)
    services.take_out(actor=cast.vera, draw=draws[0], reason="A test message", now=now)
    services.reassign_draw(actor=cast.hana, draw=draws[1], reviewer=cast.viktor, now=now)
    vera = sign_in(cast.vera)
    for draw in draws:
        assert vera.post(reverse("review_start", args=[draw.pk])).status_code == 404
        assert vera.get(reverse("draw_take_out", args=[draw.pk])).status_code == 404
    assert not Review.objects.exists()


def test_who_cannot_have_it_is_refused(cast, now, sign_in):
    draw = make_draw(cast.vera, cast.rita, now=now)
    leave(cast.viktor, now)
    for reviewer, why in ((cast.viktor, "no longer reviews"), (cast.otto, "no longer reviews"), (cast.rita, "own conversation")):
        with pytest.raises(QualityError, match=why):
            services.reassign_draw(actor=cast.lena, draw=draw, reviewer=fresh(reviewer), now=now)
    with pytest.raises(QualityError, match="already has"):
        services.reassign_draw(actor=cast.lena, draw=draw, reviewer=cast.vera, now=now)
    services.take_out(actor=cast.vera, draw=draw, reason="Empty", now=now)
    with pytest.raises(QualityError, match="no longer waiting"):
        services.reassign_draw(actor=cast.lena, draw=draw, reviewer=cast.hana, now=now)
    assert ReviewDraw.objects.count() == 1


def test_nobody_gives_away_what_is_about_themselves(cast, now, sign_in):
    grant_role(actor=None, person=cast.rita, role=Role.HEAD, now=now)
    draw = make_draw(cast.vera, cast.rita, now=now)
    assert sign_in(cast.rita).post(reverse("draw_reassign", args=[draw.pk]), {"reviewer": cast.viktor.pk}).status_code == 404
    assert not access.draws_to_reassign(fresh(cast.rita), now.date()).exists()


def test_nothing_is_drawn_for_or_of_who_is_gone(cast, now):
    for person in (cast.rita, cast.ravi):
        make_interaction(person, now=now)
    leave(cast.vera, now)
    leave(cast.rita, now)
    drawn = services.draw_reviews(
        actor=None,
        reviewers=[cast.vera, cast.viktor],
        people=[cast.rita, cast.ravi],
        per_person=1,
        since=now.date() - timedelta(days=7),
        until=now.date(),
        seed=1,
        now=now,
    )
    assert [(draw.reviewer, draw.reviewee) for draw in drawn] == [(cast.viktor, cast.ravi)]
    with pytest.raises(QualityError, match="nobody to review"):
        services.draw_reviews(
            actor=None,
            reviewers=[cast.vera],
            people=[cast.ravi],
            per_person=2,
            since=now.date(),
            until=now.date(),
            seed=1,
            now=now,
        )
    for case, reviewer, why in (
        (make_interaction(cast.ravi, number=2, now=now), cast.vera, "no longer reviews"),
        (make_interaction(cast.rita, number=2, now=now), cast.viktor, "no active account"),
    ):
        with pytest.raises(QualityError, match=why):
            services.draw_one(actor=cast.hana, interaction=case, reviewer=fresh(reviewer), reason="Look", now=now)


@pytest.mark.parametrize(("gone", "why"), [("vera", "Vera Example no longer reviews"), ("rita", "no active account")])
def test_reviewing_again_needs_both_to_be_here(cast, now, sign_in, gone, why):
    review = make_published(cast.vera, cast.rita, now=now)
    leave(getattr(cast, gone), now)
    wish = {"reason": "Wrong case.", "again": "on"}
    page = sign_in(cast.hana).post(reverse("review_withdraw", args=[review.pk]), wish, follow=True).content.decode()
    assert why in page
    review.refresh_from_db()
    assert (review.state, review.draw.state) == ("published", "done")
    sign_in(cast.hana).post(reverse("review_withdraw", args=[review.pk]), wish | {"again": ""})
    review.refresh_from_db()
    assert review.state == "withdrawn"


def test_open_draws_of_who_is_gone_are_no_work_but_history_stays(cast, now, sign_in):
    make_published(cast.vera, cast.rita, number=1, now=now)
    open_draw = make_draw(cast.vera, cast.rita, number=2, now=now)
    leave(cast.rita, now)
    assert not queries.queue_for(cast.vera, now).exists()
    assert not access.draws_to_reassign(cast.hana, now.date()).exists()
    vera = sign_in(cast.vera)
    page = vera.get(reverse("quality_queue")).content.decode()
    assert "0 waiting, 0 in progress." in page
    assert vera.post(reverse("review_start", args=[open_draw.pk])).status_code == 404
    assert "Rita Example" in vera.get(reverse("quality_queue") + "?show=done").content.decode()


def test_the_list_takes_few_reads(cast, now, sign_in, django_assert_max_num_queries):
    for number in range(30):
        make_draw(cast.vera, cast.rita if number % 2 else cast.ravi, number=number, now=now)
    make_draw(cast.vera, cast.otto, number=50, now=now)
    lena = sign_in(cast.lena)
    with django_assert_max_num_queries(14):
        page = lena.get(reverse("draw_list")).content.decode()
    assert page.count("Give to another<") == 25
    assert "30 conversations" in page
    assert "Otto" not in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_are_accessible(cast, now, live_server, open_as):
    draw = make_draw(cast.vera, cast.rita, now=now)
    leave(cast.vera, now)
    page = open_as(cast.lena)
    for address, marker in (
        (reverse("review_list"), "Reviews of my people"),
        (reverse("draw_list"), "Waiting for a review"),
        (reverse("draw_reassign", args=[draw.pk]), "Give this to another reviewer?"),
    ):
        page.goto(f"{live_server.url}{address}")
        assert_accessible(page, marker)
