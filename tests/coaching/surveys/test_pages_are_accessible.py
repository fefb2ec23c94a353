"""Every page of the room as axe sees it: the customers' and the staff's, at both widths, in both themes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from coaching.surveys import links
from tests.browser import assert_accessible
from tests.factories import surveys as make

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(cast):
    now = timezone.now() - timedelta(minutes=2)
    survey = make.survey(now, languages=("en", "de"), not_again_days=0)
    survey.answered = make.answered(survey, cast.rita, now, score=2, comment="A very long comment. " * 30)
    for number in range(12):
        make.answered(survey, cast.rita, now, score=1 + number % 5, address=f"c{number}@customer.example")
    survey.open = make.sent(survey, make.case(cast.rita, now, customer="z@customer.example"), now, address="z@customer.example")
    survey.place = make.snippet(survey, now)
    survey.nps = make.survey(now, name="Recommend", kind="nps", high=10, asking=False)
    return survey


def test_customers_pages(world, page: Page, live_server):
    test_link = links.make_test_token(links.TestLink(make.version(world.nps).pk, "en"))
    for name, args, heading in (
        ("survey_answer", [make.token(world.open)], "How satisfied"),
        ("survey_score", [make.token(world.open), 4], "How satisfied"),
        ("survey_answer", [make.token(world.answered.invitation)], "Thank you"),
        ("survey_answer", [test_link], "How likely"),
        ("survey_stop", [make.token(world.open)], "Shall we stop"),
        ("survey_answer", ["nonsense"], "We cannot find"),
        ("survey_frame", [world.place.key], "How satisfied"),
    ):
        page.goto(live_server.url + reverse(name, args=args))
        assert_accessible(page, heading)


def test_staff_pages(world, cast, open_as, live_server):
    page = open_as(cast.hana)
    for name, args, heading in (
        ("survey_list", [], "Surveys"),
        ("survey_create", [], "New survey"),
        ("survey_detail", [world.pk], "After a case"),
        ("survey_rules", [world.pk], "After a case"),
        ("survey_words", [world.pk], "After a case"),
        ("survey_reword", [world.pk, "de"], "After a case"),
        ("survey_snippets", [world.pk], "After a case"),
        ("snippet_add", [world.pk], "After a case"),
        ("snippet_change", [world.pk, world.place.pk], "After a case"),
        ("survey_detail", [world.nps.pk], "Recommend"),
    ):
        page.goto(live_server.url + reverse(name, args=args))
        assert_accessible(page, heading)
