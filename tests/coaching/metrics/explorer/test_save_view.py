"""A question kept by name, shared by link: whoever opens it is checked anew and sees what they may see."""

from __future__ import annotations

import pytest

from coaching.metrics.models import SavedView
from people import services as people_services
from people.models import AuditEntry

QUERY = "?metric=csat&by=topic&per=month&first=2026-05-04&last=2026-06-14"


@pytest.fixture
def keep(floor, sign_in):
    def kept(who, audience="own", name="My view", query=QUERY, page="explore"):
        response = sign_in(getattr(floor, who)).post(
            f"/metrics/explore/views/save/{query}", {"name": name, "audience": audience, "page": page}, follow=True
        )
        assert response.status_code == 200
        return SavedView.objects.filter(owner=getattr(floor, who), name=name).first()

    return kept


def open_as(sign_in, person, view):
    return sign_in(person).get(f"/metrics/explore/views/{view.key}/")


def test_a_view_brings_the_question_back(keep, sign_in, floor):
    view = keep("lena")
    client = sign_in(floor.lena)
    assert f"/metrics/explore/views/{view.key}/" in client.get("/metrics/explore/").content.decode()
    response = client.get(f"/metrics/explore/views/{view.key}/", follow=True)
    question = response.context["question"]
    assert (question.by, question.per, question.definition.key) == ("topic", "month", "csat")
    assert AuditEntry.objects.get(verb="metric.save_view").after == {"view": view.pk, "audience": "own"}


def test_the_same_name_keeps_the_newer_question(keep):
    first = keep("lena")
    second = keep("lena", query="?metric=volume")
    assert first.pk == second.pk
    assert second.query == "metric=volume"


def test_an_own_view_is_nobody_elses(keep, sign_in, floor):
    view = keep("lena")
    for who in (floor.hana, floor.rita, floor.lars):
        assert open_as(sign_in, who, view).status_code == 404
        assert "My view" not in sign_in(who).get("/metrics/explore/").content.decode()


def test_a_team_view_is_for_who_is_in_the_team_today(keep, sign_in, floor, now):
    view = keep("lena", "team")
    assert view.team == floor.harbour
    assert open_as(sign_in, floor.rita, view).status_code == 302
    assert "My view" in sign_in(floor.rita).get("/metrics/explore/").content.decode()
    assert open_as(sign_in, floor.otto, view).status_code == 404
    people_services.join_team(actor=None, person=floor.rita, team=floor.meadow, starts_on=now.date(), now=now)
    assert open_as(sign_in, floor.rita, view).status_code == 404


def test_a_link_shows_everybody_their_own_answer(keep, sign_in, floor):
    view = keep("hana", "link", query="?metric=volume&by=topic")
    for who, n in ((floor.hana, 240), (floor.lena, 160), (floor.otto, 80)):
        response = sign_in(who).get(f"/metrics/explore/views/{view.key}/", follow=True)
        assert response.context["answer"].together.whole.figure.n == n
    for who in (floor.vera, floor.edda, floor.adam):
        assert open_as(sign_in, who, view).status_code == 403


def test_a_link_to_people_shows_a_rep_no_people(keep, sign_in, floor):
    view = keep("lena", "link", query=f"?metric=csat&by=person&team={floor.harbour.pk}")
    text = sign_in(floor.otto).get(f"/metrics/explore/views/{view.key}/", follow=True).content.decode()
    assert "Ravi" not in text
    assert "Select a valid choice" in text
    text = sign_in(floor.lars).get(f"/metrics/explore/views/{view.key}/", follow=True).content.decode()
    assert "Rita" not in text


def test_signed_out_people_sign_in_first(keep, client):
    view = keep("lena", "link")
    assert "/accounts/login/" in client.get(f"/metrics/explore/views/{view.key}/")["Location"]


def test_only_a_question_is_kept(keep):
    view = keep("lena", query=QUERY + "&page=7&csrf=x&next=//evil.example")
    assert view.query == "metric=csat&by=topic&per=month&first=2026-05-04&last=2026-06-14"


def test_throwing_away(keep, sign_in, floor):
    view = keep("lena", "link")
    url = f"/metrics/explore/views/{view.pk}/delete/"
    assert sign_in(floor.hana).post(url).status_code == 404
    assert sign_in(floor.lena).get(url).status_code == 405
    assert "is gone" in sign_in(floor.lena).post(url, follow=True).content.decode()
    assert not SavedView.objects.exists()
    assert AuditEntry.objects.filter(verb="metric.delete_view").count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Give the view a name"),
        ({"audience": "everybody"}, "say who may open it"),
        ({"page": "nonsense"}, "cannot be kept"),
    ],
)
def test_what_cannot_be_kept_is_told(floor, sign_in, fields, words):
    data = {"name": "X", "audience": "own", "page": "explore"} | fields
    response = sign_in(floor.lena).post("/metrics/explore/views/save/", data, follow=True)
    assert words in response.content.decode()
    assert not SavedView.objects.exists()


def test_who_is_in_no_team_shares_by_link(keep, floor, sign_in):
    assert keep("hana", "team") is None


def test_other_pages_are_kept_too(keep, sign_in, floor):
    for page, address in (
        ("funnel", "/metrics/explore/funnel/"),
        ("drivers", "/metrics/drivers/"),
        ("balance", "/metrics/explore/balance/"),
    ):
        view = keep("lena", page=page, name=page)
        assert open_as(sign_in, floor.lena, view)["Location"].startswith(address)
