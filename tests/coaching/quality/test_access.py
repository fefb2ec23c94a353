"""Every address of the room, for every role: what is not yours is not there."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from coaching.quality import access, services, urls
from coaching.quality.models import Criterion, Review, Scorecard, ScorecardVersion, Section
from people.models import Membership, Role
from people.services import join_team
from tests.factories.quality import make_draft, make_draw, make_interaction, make_published

EVERYBODY = ("rita", "ravi", "otto", "lena", "lars", "vera", "viktor", "edda", "hana", "adam")


@pytest.fixture
def room(cast, now):
    """Vera reviewed Rita once (published) and is at it again (draft); a third conversation waits."""
    room = {
        "published": make_published(cast.vera, cast.rita, number=1, now=now).pk,
        "draft": make_draft(cast.vera, cast.rita, number=2, now=now).pk,
        "draw": make_draw(cast.vera, cast.rita, number=3, now=now).pk,
        "version": ScorecardVersion.objects.get().pk,
    }
    new = services.new_version(actor=cast.hana, scorecard=Scorecard.objects.get(), now=now)
    room |= {
        "new_version": new.pk,
        "section": Section.objects.filter(version=new).first().pk,
        "criterion": Criterion.objects.filter(section__version=new).first().pk,
        "old_criterion": Criterion.objects.filter(section__version=room["version"]).first().pk,
    }
    return room


# name, argument, method → status by person; everybody not named gets the last one.
TABLE = [
    ("quality_home", None, "get", {}, 302),
    ("quality_queue", None, "get", {"vera": 200, "viktor": 200, "lena": 200, "lars": 200, "hana": 200}, 403),
    ("quality_next", None, "post", {"vera": 302, "viktor": 302, "lena": 302, "lars": 302, "hana": 302}, 403),
    ("review_start", "draw", "post", {"vera": 302}, 404),
    ("draw_take_out", "draw", "get", {"vera": 200}, 404),
    ("draw_one", None, "get", {"lena": 200, "lars": 200, "hana": 200}, 403),
    ("review_list", None, "get", {"lena": 200, "lars": 200, "hana": 200}, 403),
    ("my_reviews", None, "get", {}, 200),
    ("review_detail", "published", "get", {"vera": 200, "rita": 200, "lena": 200, "hana": 200}, 404),
    ("review_detail", "draft", "get", {"vera": 302}, 404),
    ("review_edit", "draft", "get", {"vera": 200}, 404),
    ("review_edit", "draft", "post", {"vera": 302}, 404),
    ("review_edit", "published", "get", {"vera": 302, "rita": 403, "lena": 403, "hana": 403}, 404),
    ("review_edit", "published", "post", {"vera": 403, "rita": 403, "lena": 403, "hana": 403}, 404),
    ("review_publish", "draft", "get", {"vera": 302}, 404),
    ("review_publish", "published", "post", {"vera": 302, "rita": 403, "lena": 403, "hana": 403}, 404),
    ("review_withdraw", "published", "get", {"vera": 200, "hana": 200, "rita": 403, "lena": 403}, 404),
    ("review_withdraw", "draft", "get", {"vera": 403}, 404),
    ("review_acknowledge", "published", "post", {"rita": 302, "vera": 403, "lena": 403, "hana": 403}, 404),
    ("scorecard_list", None, "get", {}, 200),
    ("scorecard_create", None, "get", {"vera": 200, "viktor": 200, "hana": 200}, 403),
    ("scorecard_new_version", "key", "post", {"vera": 302, "viktor": 302, "hana": 302}, 403),
    ("version_detail", "version", "get", {}, 200),
    ("version_detail", "new_version", "get", {"vera": 200, "viktor": 200, "hana": 200}, 404),
    ("version_edit", "new_version", "get", {"vera": 200, "viktor": 200, "hana": 200}, 404),
    ("version_edit", "version", "get", {}, 403),
    ("version_publish", "version", "post", {}, 403),
    ("version_archive", "version", "get", {"vera": 200, "viktor": 200, "hana": 200}, 403),
    ("criterion_create", "section", "get", {"vera": 200, "viktor": 200, "hana": 200}, 404),
    ("criterion_edit", "criterion", "get", {"vera": 200, "viktor": 200, "hana": 200}, 404),
    ("criterion_edit", "old_criterion", "get", {}, 403),
    ("criterion_remove", "criterion", "get", {"vera": 200, "viktor": 200, "hana": 200}, 404),
]


@pytest.mark.parametrize(("name", "target", "method", "statuses", "others"), TABLE, ids=lambda v: v if isinstance(v, str) else "")
def test_who_may_open_what(cast, room, sign_in, name, target, method, statuses, others):
    argument = "written-conversation" if target == "key" else room.get(target)
    url = reverse(name, args=[] if target is None else [argument])
    found = {who: getattr(sign_in(getattr(cast, who)), method)(url).status_code for who in EVERYBODY}
    assert found == {who: statuses.get(who, others) for who in EVERYBODY}
    anonymous = getattr(Client(), method)(url)
    assert anonymous.status_code == 302
    assert "/accounts/login/" in anonymous.url


def test_every_address_stands_in_the_table():
    assert {row[0] for row in TABLE} == {pattern.name for pattern in urls.urlpatterns}
    assert get_resolver().reverse_dict.getlist("quality_home")


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
