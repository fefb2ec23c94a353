"""A customer opens the link of a mail and answers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from coaching.interactions.models import ChangedDay, SurveyResponse
from coaching.metrics.models import Rollup
from coaching.metrics.services import ensure_default_metrics
from coaching.surveys import links
from coaching.surveys.models import Answer
from tests.factories import interactions
from tests.factories import surveys as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(cast, now):
    return make.sent(make.survey(now, languages=("en", "de")), make.case(cast.rita, now), now)


def address(invitation, score=None):
    token = make.token(invitation)
    return reverse("survey_score", args=[token, score]) if score is not None else reverse("survey_answer", args=[token])


def stored() -> list[SurveyResponse]:
    return list(SurveyResponse.objects.filter(source__key="own-surveys"))


def test_following_every_link_of_the_mail_stores_nothing(invitation, client):
    """Mail scanners open all links, some again and again."""
    (message,) = mail.outbox
    urls = [word.strip("<>") for word in message.body.split() if "/survey/" in word]
    assert len(urls) == 6, "five scores and one way out"
    for url in urls * 2:
        for method in (client.get, client.head):
            assert method(url).status_code == 200
    assert stored() == []
    invitation.refresh_from_db()
    assert invitation.answered_at is None


def test_one_press_stores_the_score(invitation, client, cast, now):
    page = client.get(address(invitation, 4)).content.decode()
    assert "Send 4" in page
    response = client.post(address(invitation), {"score": "4"}, follow=True)
    assert "Your answer: 4 of 5" in response.content.decode()
    (answer,) = stored()
    assert (answer.kind, answer.raw_value, answer.polarity) == ("csat", Decimal(4), 1)
    assert (answer.scale_min, answer.scale_max) == (1, 5)
    assert answer.handler.person == cast.rita
    assert answer.interaction_id == invitation.interaction_id
    assert (answer.responded_at, answer.responded_on) == (now, now.date())


def test_the_answer_counts_in_the_figures(invitation, client, cast, now, django_capture_on_commit_callbacks):
    ensure_default_metrics(now=now)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address(invitation), {"score": "5"})
    rollup = Rollup.objects.get(definition__key="csat", person=cast.rita, day=now.date())
    assert (rollup.numerator, rollup.denominator) == (1, 1)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address(invitation), {"score": "2"})
    rollup = Rollup.objects.get(definition__key="csat", person=cast.rita, day=now.date())
    assert (rollup.numerator, rollup.denominator) == (0, 1)
    assert not ChangedDay.objects.exists()


def test_it_counts_for_whoever_has_the_case_when_it_is_answered(invitation, client, cast):
    case = invitation.interaction
    case.handler = interactions.handler(cast.ravi)
    case.save()
    client.post(address(invitation), {"score": "5"})
    case.handler = interactions.handler(cast.otto)
    case.save()
    client.post(address(invitation), {"comment": "Later."})
    (answer,) = stored()
    assert (answer.handler.person, answer.comment) == (cast.ravi, "Later.")


def test_a_comment_follows_the_score(invitation, client):
    client.post(address(invitation), {"score": "2"})
    page = client.post(address(invitation), {"comment": "  Too <b>slow</b>. "}, follow=True).content.decode()
    assert stored()[0].comment == "Too <b>slow</b>."
    assert "Too &lt;b&gt;slow&lt;/b&gt;." in page
    assert stored()[0].raw_value == 2


@pytest.mark.parametrize("score", ["0", "6", "-1", "4.5", "five", "", "99999999999", "٤"])
def test_a_score_that_is_not_offered_is_refused(invitation, client, score):
    response = client.post(address(invitation), {"score": score})
    assert response.status_code == 400
    assert "Please choose one of the scores." in response.content.decode()
    assert stored() == []


def test_the_answer_may_be_changed_for_one_hour(invitation, client, now, today):
    client.post(address(invitation), {"score": "1"})
    today.move_to(now + timedelta(minutes=59), tick=False)
    client.post(address(invitation), {"score": "4"})
    assert [(a.raw_value, a.responded_at) for a in stored()] == [(4, now)]
    today.move_to(now + timedelta(minutes=60), tick=False)
    late = client.post(address(invitation), {"score": "5"})
    assert late.status_code == 409
    assert "can no longer be changed" in late.content.decode()
    assert [a.raw_value for a in stored()] == [4]
    assert "Change the score" not in client.get(address(invitation)).content.decode()


def test_a_second_answer_changes_the_first_and_adds_none(invitation, client):
    for score in ("5", "3", "5", "1"):
        client.post(address(invitation), {"score": score})
    assert [a.raw_value for a in stored()] == [1]
    assert Answer.objects.count() == 1


def test_an_expired_link_says_so(invitation, client, now, today):
    today.move_to(now + timedelta(days=14) - timedelta(seconds=1), tick=False)
    assert client.get(address(invitation)).status_code == 200
    today.move_to(now + timedelta(days=14), tick=False)
    for response in (client.get(address(invitation, 5)), client.post(address(invitation), {"score": "5"})):
        assert response.status_code == 410
        assert "expired" in response.content.decode()
    assert stored() == []


def test_a_changed_link_opens_nothing(invitation, client):
    token = make.token(invitation)
    identity, _dot, signature = token.partition(".")
    other = links.new_public_id()
    forged = [
        f"{other}.{signature}",
        f"{identity}.{signature[:-1]}",
        f"{identity}.{signature[::-1]}",
        f"{identity}.",
        identity,
        f"{identity.upper()}.{signature}",
        links.invitation_token(other),  # well signed, but of nobody
        "x" * 3000,
    ]
    for wrong in forged:
        for response in (client.get(f"/survey/{wrong}/"), client.post(f"/survey/{wrong}/", {"score": "5"})):
            assert response.status_code == 404, wrong
            assert "We cannot find this question" in response.content.decode()
    assert stored() == []


def test_a_link_that_is_out_there_outlives_its_key(invitation, client, settings):
    score, form = address(invitation, 4), address(invitation)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert "Send 4" in client.get(score).content.decode()
    client.post(form, {"score": "4"})
    assert [response.raw_value for response in stored()] == [4]
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(score).status_code == 404


def test_guessing_links_is_slowed_down(db, client):
    codes = [client.get(f"/survey/{links.new_public_id()}.x/").status_code for _ in range(32)]
    assert codes == [404] * 30 + [429] * 2
    # What a client says about its own address is not believed.
    assert client.get("/survey/abc.x/", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 429


def test_answers_are_limited(invitation, client):
    codes = [client.post(address(invitation), {"score": str(1 + n % 5)}).status_code for n in range(32)]
    assert codes == [302] * 30 + [429] * 2
    page = client.post(address(invitation), {"score": "5"})
    assert "One moment, please" in page.content.decode()


@pytest.mark.parametrize(
    ("known", "accepted", "asked", "expected"),
    [
        ("de", "en", "", "de"),
        ("de", "en", "en", "en"),
        ("de", "en", "fr", "de"),  # not offered
    ],
)
def test_the_page_speaks_the_customers_language(cast, now, client, known, accepted, asked, expected):
    survey = make.survey(now, languages=("en", "de"))
    about = make.case(cast.rita, now, extra={"Requester Language": known})
    invitation = make.sent(survey, about, now)
    invitation.language = known
    invitation.save()
    page = client.get(address(invitation) + f"?lang={asked}", headers={"Accept-Language": accepted})
    assert f'<html lang="{expected}">' in page.content.decode()


def test_a_notice_speaks_the_browsers_language(db, client):
    page = client.get("/survey/nonsense/", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}).content.decode()
    assert "Wir finden diese Frage nicht" in page


def test_no_cookie_no_index_no_navigation(invitation):
    client = Client(enforce_csrf_checks=True)  # no cookie is looked at, so no token is asked for
    for response in (
        client.get(address(invitation)),
        client.get(address(invitation, 3)),
        client.post(address(invitation), {"score": "3"}),
        client.get(address(invitation)),
        client.get(reverse("survey_stop", args=[make.token(invitation)])),
        client.get("/survey/nonsense/"),
        client.get("/survey/snippet.js"),
    ):
        assert not response.cookies, response.request["PATH_INFO"]
        assert "noindex" in response["X-Robots-Tag"]
        assert "site-nav" not in response.content.decode()
    assert not client.cookies
    assert stored()


def test_another_sites_form_is_refused(invitation):
    client = Client()
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        assert client.post(address(invitation), {"score": "1"}, headers={"Origin": origin}).status_code == 403
    assert stored() == []
    assert client.post(address(invitation), {"score": "5"}, headers={"Origin": "http://testserver"}).status_code == 302


def test_a_signed_in_colleague_answers_like_anybody(invitation, sign_in, cast):
    """Nothing of a session is looked at: the page is the customer's."""
    client = sign_in(cast.hana)
    assert "site-header" not in client.get(address(invitation)).content.decode()
    assert client.post(address(invitation), {"score": "5"}).status_code == 302
