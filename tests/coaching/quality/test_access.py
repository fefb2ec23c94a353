"""What is not yours is not there. Every address by role stands in tests/access/quality.py."""

import pytest
from django.urls import reverse

from coaching.quality import access, services
from coaching.quality.models import Review
from people.models import Membership, Role
from people.services import join_team
from tests.factories.quality import make_draft, make_draw, make_interaction, make_published


@pytest.fixture
def room(cast, now):
    """Vera reviewed Rita once (published) and is at it again (draft); a third conversation waits."""
    return {
        "published": make_published(cast.vera, cast.rita, number=1, now=now).pk,
        "draft": make_draft(cast.vera, cast.rita, number=2, now=now).pk,
        "draw": make_draw(cast.vera, cast.rita, number=3, now=now).pk,
    }


def test_a_colleague_and_another_reviewer_find_nothing(cast, room, sign_in):
    """The roles of tests/access/quality.py stand for one person each; these two are as near as one can be."""
    for person in (cast.ravi, cast.viktor):
        client = sign_in(person)
        for name, target in (
            ("review_detail", "published"),
            ("review_detail", "draft"),
            ("review_edit", "draft"),
            ("review_publish", "draft"),
            ("review_withdraw", "published"),
            ("draw_take_out", "draw"),
        ):
            assert client.get(reverse(name, args=[room[target]])).status_code == 404, (person, name)
        for name, target in (("review_start", "draw"), ("review_edit", "draft"), ("review_acknowledge", "published")):
            assert client.post(reverse(name, args=[room[target]])).status_code == 404, (person, name)


def test_a_lead_stops_seeing_who_left_the_team(cast, now, room, sign_in):
    url = reverse("review_detail", args=[room["published"]])
    assert sign_in(cast.lars).get(url).status_code == 404
    join_team(actor=None, person=cast.rita, team=cast.meadow, starts_on=now.date(), now=now)
    assert [sign_in(p).get(url).status_code for p in (cast.lena, cast.lars)] == [404, 200]


def test_a_lead_does_not_see_what_was_written_about_themselves_through_the_list(cast, now, sign_in):
    join_team(actor=None, person=cast.lena, team=cast.harbour, starts_on=now.date(), kind=Membership.Kind.MEMBER, now=now)
    review = make_published(cast.vera, cast.lena, now=now)
    assert not access.reviews_of_people_visible_to(cast.lena, now.date()).filter(pk=review.pk).exists()
    assert access.own_reviews(cast.lena).filter(pk=review.pk).exists()
    assert not access.can_withdraw_review(cast.lena, review)


def test_the_lists_hold_only_ones_own(cast, now, sign_in):
    make_published(cast.vera, cast.rita, number=1, now=now)
    make_published(cast.vera, cast.otto, number=2, now=now)
    make_draft(cast.viktor, cast.rita, number=3, now=now)
    page = sign_in(cast.lena).get(reverse("review_list")).content.decode()
    assert "Rita Example" in page
    assert "Otto Example" not in page
    # The filter is a side path: another team's person is no choice there.
    other = sign_in(cast.lena).get(reverse("review_list"), {"person": cast.otto.pk}).content.decode()
    assert "Otto Example" not in other
    assert "Rita" not in sign_in(cast.viktor).get(reverse("quality_queue"), {"show": "done"}).content.decode()


def test_a_lead_cannot_pick_another_teams_case(cast, now, sign_in):
    services.ensure_starter_scorecard(actor=None, now=now)
    case = make_interaction(cast.otto, now=now)
    data = {"case": case.external_id, "reviewer": cast.vera.pk, "reason": "Look"}
    page = sign_in(cast.lena).post(reverse("draw_one"), data)
    assert "None of your people&#x27;s cases has this number." in page.content.decode()
    assert sign_in(cast.lars).post(reverse("draw_one"), data).status_code == 302


def test_a_reviewer_who_lost_the_role_sees_nothing_more(cast, room, sign_in):
    cast.vera.role_grants.filter(role=Role.REVIEWER).delete()
    client = sign_in(cast.vera)
    for name, pk in (("review_edit", room["draft"]), ("review_detail", room["published"]), ("draw_take_out", room["draw"])):
        assert client.get(reverse(name, args=[pk])).status_code == 404


def test_the_rep_reads_a_withdrawn_review_with_its_reason(cast, now, room, sign_in):
    review = Review.objects.get(pk=room["published"])
    services.withdraw_review(actor=cast.vera, review=review, reason="I read the wrong case.", now=now)
    page = sign_in(cast.rita).get(reverse("review_detail", args=[review.pk])).content.decode()
    assert "I read the wrong case." in page
    assert "I have read this" not in page
