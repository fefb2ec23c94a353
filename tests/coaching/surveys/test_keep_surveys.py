"""Head and administrators make, word, start and pause surveys."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from coaching.surveys.models import Invitation, Snippet, Survey, SurveyText, SurveyVersion
from people.models import AuditEntry
from tests.access.surveys import NEW, PLACE, RULES, WORDS
from tests.factories import surveys as make

pytestmark = pytest.mark.django_db


def page(client, name, *args, data=None, **kwargs):
    address = reverse(name, args=args)
    return client.post(address, data, follow=True, **kwargs) if data is not None else client.get(address)


def test_make_one(cast, sign_in, now):
    client = sign_in(cast.hana)
    text = page(client, "survey_create", data=NEW | {"languages": ["de", "en"]}).content.decode()
    assert "It asks nobody yet" in text
    survey = Survey.objects.get()
    assert (survey.kind, survey.scale_high, survey.is_active, survey.default_language) == ("nps", 10, False, "de")
    assert set(SurveyText.objects.values_list("language", flat=True)) == {"en", "de"}
    again = page(client, "survey_create", data=NEW)
    assert "Another survey has this name" in again.content.decode()
    assert AuditEntry.objects.filter(verb="survey.create", actor=cast.hana).count() == 1


def test_a_change_of_words_is_a_new_version(cast, sign_in, now):
    survey = make.survey(now, languages=("en", "de"))
    answer = make.answered(survey, cast.rita, now)
    client = sign_in(cast.adam)
    assert "Saved as version 2" in page(client, "survey_reword", survey.pk, "en", data=WORDS).content.decode()
    assert "Nothing was changed" in page(client, "survey_reword", survey.pk, "en", data=WORDS).content.decode()
    assert list(SurveyVersion.objects.values_list("number", flat=True)) == [2, 1]
    questions = dict(SurveyText.objects.filter(version__number=2).values_list("language", "question"))
    assert questions["en"] == "B?"
    assert questions["de"].startswith("Wie zufrieden")
    answer.refresh_from_db()
    assert answer.version.number == 1
    assert SurveyText.objects.get(version=answer.version, language="en").question.startswith("How satisfied")


def test_look_at_the_words_before_they_are_saved(cast, sign_in, now):
    """What the script does while one types, a button does without it."""
    survey = make.survey(now)
    text = page(sign_in(cast.hana), "survey_reword", survey.pk, "en", data=WORDS | {"look": "1"}).content.decode()
    assert '<h3 class="ask__question" data-shows="question">B?</h3>' in text
    assert SurveyVersion.objects.count() == 1


def test_words_are_shown_as_text(cast, sign_in, client, now):
    survey = make.survey(now)
    evil = WORDS | {"question": "<script>x</script>", "thanks": "{{ 7|add:7 }}<b>"}
    page(sign_in(cast.hana), "survey_reword", survey.pk, "en", data=evil)
    invitation = make.sent(survey, make.case(cast.rita, now), now)
    shown = client.get(reverse("survey_answer", args=[make.token(invitation)])).content.decode()
    assert "<script>x" not in shown
    assert "&lt;script&gt;x" in shown
    assert "<script>x" not in str(mail.outbox[-1].alternatives[0][0])


def test_add_and_remove_a_language(cast, sign_in, now):
    survey = make.survey(now)
    client = sign_in(cast.hana)
    page(client, "survey_language_add", survey.pk, data={"language": "fr"})
    assert "Êtes-vous satisfait" in page(client, "survey_words", survey.pk).content.decode()
    text = page(client, "survey_language_remove", survey.pk, "en", data={}).content.decode()
    assert "Choose another one for that first" in text
    page(client, "survey_language_remove", survey.pk, "fr", data={})
    assert "Êtes-vous satisfait" not in page(client, "survey_words", survey.pk).content.decode()
    assert SurveyVersion.objects.count() == 3


def test_try_rules_before_they_are_saved(cast, sign_in, now):
    survey = make.survey(now, channels=["email"], not_again_days=0)
    for number in range(4):
        make.case(cast.rita, now, hours=30, customer=f"c{number}@customer.example")
    make.case(cast.rita, now, hours=30, channel="phone")
    make.case(cast.rita, now, hours=24 * 9)
    make.case(cast.rita, now, hours=30, customer="Kim")
    client = sign_in(cast.hana)
    text = page(client, "survey_rules", survey.pk, data=RULES | {"sample_percent": 100, "try": "1"}).content.decode()
    assert '<p class="survey-big mb-1">4</p>' in text
    assert "Nothing is saved yet" in text
    survey.refresh_from_db()
    assert survey.not_again_days == 0
    assert not Invitation.objects.exists()


def test_the_preview_is_what_the_rules_then_do(cast, sign_in, now):
    survey = make.survey(now, sample_percent=100, within_hours=24 * 7 + 2, wait_hours=0, not_again_days=30)
    for number in range(12):
        make.case(cast.rita, now, hours=1 + 13 * number, customer=f"c{number % 5}@customer.example", marked=False)
    text = page(sign_in(cast.hana), "survey_rules", survey.pk).content.decode()
    assert '<p class="survey-big mb-1">5</p>' in text
    assert make.services.queue_invitations(now=now) == 5


def test_rules_that_cannot_be(cast, sign_in, now):
    survey = make.survey(now)
    client = sign_in(cast.hana)
    for change, said in (
        ({"wait_hours": 72}, "too old before anybody is asked"),
        ({"channels": []}, "Choose at least one channel"),
        ({"sample_percent": 0}, "greater than or equal to 1"),
        ({"not_again_days": 366}, "less than or equal to 365"),
    ):
        text = page(client, "survey_rules", survey.pk, data=RULES | change).content.decode()
        assert said in text, change
    assert not AuditEntry.objects.filter(verb="survey.change_rules").exists()


def test_a_change_of_rules_is_on_record(cast, sign_in, now):
    survey = make.survey(now)
    page(sign_in(cast.adam), "survey_rules", survey.pk, data=RULES)
    entry = AuditEntry.objects.get(verb="survey.change_rules")
    assert (entry.before["sample_percent"], entry.after["sample_percent"]) == (100, 50)
    assert page(sign_in(cast.adam), "audit_log").status_code == 200


def test_start_and_pause(cast, sign_in, now):
    survey = make.survey(now, asking=False)
    client = sign_in(cast.hana)
    assert "It asks from now on" in page(client, "survey_start", survey.pk, data={}).content.decode()
    page(client, "survey_start", survey.pk, data={})
    assert "Paused" in page(client, "survey_pause", survey.pk, data={}).content.decode()
    assert [e.verb for e in AuditEntry.objects.filter(verb__startswith="survey.").order_by("pk")][-2:] == [
        "survey.start",
        "survey.pause",
    ]


def test_send_it_to_oneself(cast, sign_in, client, now, django_capture_on_commit_callbacks):
    survey = make.survey(now, languages=("en", "de"))
    with django_capture_on_commit_callbacks(execute=True):
        page(sign_in(cast.hana), "survey_send_test", survey.pk, "de", data={})
    (message,) = mail.outbox
    assert message.to == [cast.hana.email]
    url = next(word for word in message.body.split() if word.endswith("/4/"))
    shown = client.get(url).content.decode()
    assert "Dies ist ein Test" in shown
    address = url.split("/survey/")[1].split("/")[0]
    assert client.post(reverse("survey_answer", args=[address]), {"score": "4"}).status_code == 302
    assert not make.SurveyResponse.objects.exists()


def test_a_snippet_with_its_line_and_its_secret(cast, sign_in, now):
    survey = make.survey(now)
    client = sign_in(cast.hana)
    refused = page(client, "snippet_add", survey.pk, data=PLACE | {"origins": "http://shop.example.com"})
    assert "does not begin with https://" in refused.content.decode()
    text = page(client, "snippet_add", survey.pk, data=PLACE).content.decode()
    snippet = Snippet.objects.get()
    assert f"data-survey=&quot;{snippet.key}&quot;" in text or f'data-survey="{snippet.key}"' in text
    before = make.links.snippet_secret(snippet.key, 1)
    assert before in text
    text = page(client, "snippet_renew_secret", survey.pk, snippet.pk, data={}).content.decode()
    assert before not in text
    assert before not in str(list(AuditEntry.objects.values("before", "after")))
