"""Results: never a score without its response rate; a lead's are those of their people."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from random import Random

import pytest
from django.urls import reverse

from coaching.interactions.models import SurveyResponse
from coaching.surveys import queries, services
from coaching.surveys.models import Answer, Invitation
from coaching.surveys.services import count_shown
from tests.factories import surveys as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast, now):
    """Some weeks of asking: Rita and Otto, answered or not, at all ages; the newest answers are from today."""
    rng, survey = Random("results"), make.survey(now, not_again_days=0, expires_days=30)
    for number in range(40):
        moment = now - timedelta(days=rng.randrange(60), hours=rng.randrange(20))
        person = cast.otto if number % 4 == 0 else cast.rita
        address = f"c{number}@customer.example"
        invitation = make.sent(survey, make.case(person, moment, customer=address), moment, address=address)
        if rng.random() < 0.5:
            when = min(now - timedelta(minutes=1), moment + timedelta(days=rng.randrange(6)))
            services.answer_invitation(
                invitation=invitation, score=rng.randrange(1, 6), comment="=1+1" if number == 1 else None, language="en", now=when
            )
    return survey


def shown(client, survey, days=91) -> str:
    return client.get(reverse("survey_detail", args=[survey.pk]), {"days": days}).content.decode()


@pytest.mark.parametrize("days", [7, 28, 91])
@pytest.mark.parametrize("who", ["hana", "lena", "lars"])
def test_rates_and_counts_equal_a_slow_count(asked, cast, now, who, days):
    viewer = getattr(cast, who)
    people = {"hana": {cast.rita, cast.otto}, "lena": {cast.rita}, "lars": {cast.otto}}[who]
    period = queries.window(days, now)
    found = queries.results(asked, viewer, period, now.date())
    sent = answered = 0
    scores = dict.fromkeys(range(1, 6), 0)
    for invitation in Invitation.objects.all():
        if invitation.interaction.handler.person in people and now - timedelta(days=days) <= invitation.sent_at < now:
            sent += 1
            answered += Answer.objects.filter(invitation=invitation).exists()
    for response in SurveyResponse.objects.filter(source__key="own-surveys"):
        if response.handler.person in people and now - timedelta(days=days) <= response.responded_at < now:
            scores[int(response.raw_value)] += 1
    assert (found.mail.answered, found.mail.asked) == (answered, sent)
    assert sent
    assert {bar.score: bar.n for bar in found.bars} == scores


def test_the_score_never_stands_without_its_response_rate(asked, cast, sign_in):
    text = shown(sign_in(cast.hana), asked)
    assert "Answered, of the mails sent" in text
    assert re.search(r"survey-cell__value\">\d+ %", text)
    assert re.search(r"\d+–\d+ %", text)
    listed = sign_in(cast.lena).get(reverse("survey_list")).content.decode()
    assert "Response rate" in listed
    assert re.search(r"\d+ of \d+", listed)


def test_few_answers_are_marked(cast, sign_in, now):
    survey = make.survey(now, not_again_days=0)
    for number in range(21):
        address = f"c{number}@customer.example"
        invitation = make.sent(survey, make.case(cast.rita, now, customer=address), now, address=address)
        if number < 2:
            services.answer_invitation(invitation=invitation, score=5, comment=None, language="en", now=now)
    badge = "few answers: may not be typical"
    client = sign_in(cast.hana)
    later = now + timedelta(minutes=1)
    assert queries.results(survey, cast.hana, queries.window(7, later), now.date()).mail.is_low
    invitation = Invitation.objects.filter(answered_at=None).first()
    Invitation.objects.update(sent_at=now - timedelta(hours=1))
    assert badge in shown(client, survey)
    services.answer_invitation(invitation=invitation, score=5, comment=None, language="en", now=now)
    assert badge not in shown(client, survey)


def test_snippets_have_a_rate_of_their_own(cast, sign_in, now):
    survey = make.survey(now)
    snippet = make.snippet(survey, now)
    for _number in range(8):
        count_shown(snippet=snippet, day=now.date())
    for number in range(2):
        services.answer_snippet(
            snippet=snippet,
            version=make.version(survey),
            form_key=f"f{number}",
            case=None,
            score=4,
            comment=None,
            language="en",
            now=now - timedelta(minutes=5),
        )
    found = queries.results(survey, cast.hana, queries.window(7, now), now.date())
    assert (found.snippets.answered, found.snippets.asked, found.score.n) == (2, 8, 2)
    assert "Answered, of the snippets shown" in shown(sign_in(cast.hana), survey)
    # An answer about no case is nobody's: a lead sees none.
    assert queries.results(survey, cast.lena, queries.window(7, now), now.date()).score.n == 0


def test_comments_are_text_and_a_lead_reads_those_of_their_people(cast, sign_in, now):
    survey = make.survey(now, not_again_days=0)
    before = now - timedelta(hours=1)
    make.answered(survey, cast.rita, before, comment="<script>alert(1)</script> rita", address="a@customer.example")
    make.answered(survey, cast.otto, before, comment="otto only", address="b@customer.example")
    lena, hana, adam = (shown(sign_in(person), survey) for person in (cast.lena, cast.hana, cast.adam))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; rita" in lena
    assert "<script>alert" not in lena
    assert "otto only" not in lena
    assert "otto only" in hana
    assert "rita" not in adam
    assert "Answered, of the mails sent" not in adam


def test_the_file_is_safe_and_holds_the_same(asked, cast, sign_in):
    response = sign_in(cast.lena).get(reverse("survey_csv", args=[asked.pk]), {"days": 91})
    assert response["Content-Type"].startswith("text/csv")
    header, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert header[:3] == ["Answered at", "Score", "Comment"]
    assert len(rows) == Answer.objects.filter(response__handler__person=cast.rita).count()
    assert {row[2] for row in rows} <= {"", "'=1+1"}
    assert "customer.example" not in response.content.decode()
    assert "Rita" not in response.content.decode()


def test_nothing_asked_yet(cast, sign_in, now):
    client = sign_in(cast.hana)
    assert "No survey yet" in client.get(reverse("survey_list")).content.decode()
    text = shown(client, make.survey(now))
    assert "Not enough data yet" in text
    assert "Nobody asked yet" in text
    assert "Nobody wrote anything in this period" in text


def test_queries_do_not_grow_with_answers(asked, cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.lena)
    with django_assert_max_num_queries(22):
        shown(client, asked)
    with django_assert_max_num_queries(18):
        client.get(reverse("survey_list"))
