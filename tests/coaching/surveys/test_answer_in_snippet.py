"""The survey inside somebody else's page: anonymous, or about a case that the host's server signed."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from coaching.interactions.models import ChangedDay, SurveyResponse
from coaching.surveys import links, services
from coaching.surveys.models import SnippetDay
from tests.factories import interactions
from tests.factories import surveys as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(db, now):
    return make.survey(now, languages=("en", "de"))


@pytest.fixture
def snippet(survey, now):
    return make.snippet(survey, now, origins=["https://shop.example.com", "https://help.example.com:8443"])


def frame(snippet) -> str:
    return reverse("survey_frame", args=[snippet.key])


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def test_anonymous_answer_and_comment_are_one_response(snippet, client):
    form = hidden(client.get(frame(snippet), {"lang": "de"}).content.decode())
    page = client.post(frame(snippet), form | {"score": "2"}).content.decode()
    assert "Ihre Antwort: 2 von 5" in page
    client.post(frame(snippet), hidden(page) | {"comment": "Zu lange."})
    client.post(frame(snippet), form | {"score": "3"})  # pressed twice
    (answer,) = SurveyResponse.objects.all()
    assert (answer.raw_value, answer.comment, answer.interaction, answer.handler) == (3, "Zu lange.", None, None)


def test_every_opening_may_answer_once(snippet, client):
    for score in ("1", "5"):
        form = hidden(client.get(frame(snippet)).content.decode())
        client.post(frame(snippet), form | {"score": score})
    assert SurveyResponse.objects.count() == 2


def test_a_form_that_was_not_opened_here_is_refused(snippet, client, now, today):
    other = make.snippet(make.survey(now, name="Other"), now)
    for form in ("", "abc", links.new_form_key(other.key)):
        assert client.post(frame(snippet), {"score": "5", "form": form}).status_code == 410
    form = links.new_form_key(snippet.key)
    today.move_to(now + timedelta(hours=25), tick=False)
    assert client.post(frame(snippet), {"score": "5", "form": form}).status_code == 410
    assert not SurveyResponse.objects.exists()


def test_a_signed_case_counts_for_its_handler(snippet, client, cast, now):
    case = make.case(cast.rita, now)
    signed = make.signed(snippet, "helpdesk", case.external_id, now)
    form = hidden(client.get(frame(snippet), signed).content.decode())
    client.post(frame(snippet), form | {"score": "5"})
    (answer,) = SurveyResponse.objects.all()
    assert (answer.interaction, answer.handler.person) == (case, cast.rita)
    # Opened again, by whatever way: still one answer.
    form = hidden(client.get(frame(snippet), signed).content.decode())
    client.post(frame(snippet), form | {"score": "1"})
    assert [a.raw_value for a in SurveyResponse.objects.all()] == [1]


def test_the_signature_is_the_documented_one(snippet, now):
    """As a host would write it, with nothing of ours."""
    secret = links.snippet_secret(snippet.key, 1)
    expires = int(now.timestamp()) + 60
    signature = hmac.new(secret.encode(), f"desk\nC-1\n{expires}".encode(), hashlib.sha256).hexdigest()
    given = {"source": "desk", "case": "C-1", "expires": str(expires), "signature": signature}
    assert links.case_is_signed(key=snippet.key, number=1, now=now, **given)


@pytest.mark.parametrize(
    "change",
    [
        {"case": "case-other"},
        {"source": "elsewhere"},
        {"expires": "9999999999"},
        {"signature": ""},
        {"signature": "0" * 64},
        {"expires": "x"},
        {"expires": "-1"},
        {"case": "helpdesk\ncase"},
    ],
    ids=str,
)
def test_a_case_nobody_signed_is_refused(snippet, client, cast, now, change):
    case = make.case(cast.rita, now)
    given = make.signed(snippet, "helpdesk", case.external_id, now) | change
    assert client.get(frame(snippet), given).status_code == 403
    posted = given | {"score": "1", "form": links.new_form_key(snippet.key)}
    assert client.post(frame(snippet), posted).status_code == 403
    assert not SurveyResponse.objects.exists()


def test_a_signature_ends_with_its_time_and_with_its_secret(snippet, client, cast, now, today):
    case = make.case(cast.rita, now)
    given = make.signed(snippet, "helpdesk", case.external_id, now, seconds=60)
    assert client.get(frame(snippet), given).status_code == 200
    today.move_to(now + timedelta(seconds=61), tick=False)
    assert client.get(frame(snippet), given).status_code == 403
    today.move_to(now, tick=False)
    services.renew_secret(actor=cast.hana, snippet=snippet, now=now)
    assert client.get(frame(snippet), given).status_code == 403


def test_an_answer_waits_for_its_case(snippet, client, cast, now):
    """After a chat the case is often not exported yet. It counts once the case and its handler are here."""
    interactions.source("helpdesk")
    signed = make.signed(snippet, "helpdesk", "chat-77", now)
    form = hidden(client.get(frame(snippet), signed).content.decode())
    client.post(frame(snippet), form | {"score": "4"})
    (answer,) = SurveyResponse.objects.all()
    assert (answer.case_key, answer.handler) == ("chat-77", None)
    assert services.credit_waiting_answers() == 0
    case = make.case(None, now, external_id="chat-77", handler=None)
    assert services.credit_waiting_answers() == 0, "the case is here, nobody handled it yet"
    case.handler = interactions.handler(cast.rita)
    case.save()
    assert services.credit_waiting_answers() == 1
    answer.refresh_from_db()
    assert (answer.interaction, answer.handler.person) == (case, cast.rita)
    assert ChangedDay.objects.filter(person=cast.rita, day=answer.responded_on).exists()
    # And a second opening finds it.
    form = hidden(client.get(frame(snippet), signed).content.decode())
    client.post(frame(snippet), form | {"score": "2"})
    assert [a.raw_value for a in SurveyResponse.objects.all()] == [2]


def test_mail_and_chat_about_one_case_are_one_answer(survey, snippet, client, cast, now):
    case = make.case(cast.rita, now)
    invitation = make.sent(survey, case, now)
    signed = make.signed(snippet, "helpdesk", case.external_id, now)
    form = hidden(client.get(frame(snippet), signed).content.decode())
    client.post(frame(snippet), form | {"score": "5"})
    assert "Your answer: 5 of 5" in client.get(reverse("survey_answer", args=[make.token(invitation)])).content.decode()
    client.post(reverse("survey_answer", args=[make.token(invitation)]), {"score": "3"})
    assert [a.raw_value for a in SurveyResponse.objects.all()] == [3]


def test_only_the_listed_sites_may_frame_it(snippet):
    client = Client(enforce_csrf_checks=True)
    for response in (
        client.get(frame(snippet)),
        client.post(frame(snippet), {"score": "5", "form": links.new_form_key(snippet.key)}),
    ):
        policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
        assert policy["frame-ancestors"] == "https://shop.example.com https://help.example.com:8443"
        assert policy["form-action"] == "'self'"
        assert "X-Frame-Options" not in response
        assert not response.cookies
        assert "noindex" in response["X-Robots-Tag"]


def test_a_snippet_that_is_off_shows_nothing_and_may_be_framed_nowhere(snippet, client, cast, now):
    services.change_snippet(actor=cast.hana, snippet=snippet, name="Off", origins=snippet.origins, is_active=False, now=now)
    response = client.get(frame(snippet))
    assert response.status_code == 404
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_openings_are_counted_by_day_and_nothing_else(snippet, client, now):
    for _number in range(3):
        assert client.post(reverse("survey_shown", args=[snippet.key])).status_code == 204
    day = SnippetDay.objects.get()
    assert (day.day, day.shown) == (now.date(), 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://Shop.Example.com/", "https://shop.example.com"),
        (" https://shop.example.com:443", "https://shop.example.com"),
        ("https://shop.example.com:8443", "https://shop.example.com:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_origins_are_written_as_browsers_do(text, expected):
    assert services.tidy_origin(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "http://shop.example.com", "https://*.example.com", "*", "https://", "shop.example.com", "https://a.example/path",
        "https://a.example; script-src *", "https://a.example 'self'", "javascript:alert(1)", "https://u@a.example",
        "https://a.example:99999", "https://a.example?x", "https://a.example,b.example", "data:text/html,x", "null",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text):
    with pytest.raises(services.SurveyError):
        services.tidy_origin(text)
