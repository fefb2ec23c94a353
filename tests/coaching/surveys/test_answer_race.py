"""The same link is answered many times at once: one response, whatever the order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from coaching.interactions.models import SurveyResponse
from coaching.surveys import links, services
from coaching.surveys.models import Answer
from coaching.surveys.services import answering
from tests.factories import surveys as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AT_ONCE = 6


def at_once(act) -> list[object]:
    """`act(number)` in several threads that start together; what each returned."""
    barrier = threading.Barrier(AT_ONCE)

    def one(number: int) -> object:
        try:
            barrier.wait(timeout=20)
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def needs_a_server():
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads share one connection to a database in memory; PostgreSQL runs this")


def test_one_link_answered_at_once_is_one_response(cast, now):
    needs_a_server()
    invitation = make.sent(make.survey(now), make.case(cast.rita, now), now)
    url = reverse("survey_answer", args=[make.token(invitation)])
    codes = at_once(lambda number: Client().post(url, {"score": str(1 + number % 5)}).status_code)
    assert codes == [302] * AT_ONCE
    assert SurveyResponse.objects.count() == Answer.objects.count() == 1


def test_mail_and_chat_about_one_case_at_once_are_one_response(cast, now):
    """Two links, two rows to lock: only the response's own key keeps them apart."""
    needs_a_server()
    survey = make.survey(now)
    case = make.case(cast.rita, now)
    invitation = make.sent(survey, case, now)
    snippet = make.snippet(survey, now)
    services.answering.own_source()

    def answer(number: int) -> object:
        if number % 2:
            return services.answer_invitation(invitation=invitation, score=5, comment=None, language="en", now=now).pk
        return services.answer_snippet(
            snippet=snippet,
            version=make.version(survey),
            form_key=links.new_public_id(),
            case=("helpdesk", case.external_id),
            score=4,
            comment=None,
            language="en",
            now=now,
        ).pk

    assert len(set(at_once(answer))) == 1
    assert SurveyResponse.objects.count() == 1


def test_two_runs_at_once_ask_nobody_twice(cast, now):
    needs_a_server()
    make.survey(now)
    make.survey(now, name="Another")
    for _number in range(3):
        make.case(cast.rita, now)
    at_once(lambda number: services.queue_invitations(now=now))
    assert answering.SurveyResponse.objects.count() == 0
    assert make.Invitation.objects.count() == 1, "one customer, asked once by one of the surveys"
