"""The main actions with JavaScript switched off: review with a quote, acknowledge, learn, filter the board."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from coaching.playbook.services import add_remedy
from coaching.quality.models import Quote, Review
from learning.assignments.models import Assignment, Completion
from learning.modules.content import from_revision
from people.models import Person
from tests.factories.quality import make_draw

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CRITERION = "own-the-mistake"


@pytest.fixture
def open_plain(browser: Browser, live_server) -> Iterator[Callable[[Person], Page]]:
    """A page signed in as this person, in a browser that runs no script at all."""
    contexts = []

    def opened(person: Person) -> Page:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def review_and_publish(page: Page, draw) -> Review:
    page.goto("/quality/queue/")
    page.get_by_role("button", name=f"Review: {draw.interaction}").click()
    review = Review.objects.get()
    # The control: the page's script shows this button, so no script has run.
    expect(page.locator("#shortcut-help")).to_be_hidden()
    expect(page.locator("#shortcut-help")).to_have_count(1)
    failed = None
    for section in review.scorecard_version.sections.all():
        for criterion in section.criteria.all():
            answers = list(criterion.answers.all())
            if criterion.key == CRITERION:
                failed, chosen = criterion, answers[-1]
            else:
                chosen = answers[0]
            page.locator(f"input[name='answer-{criterion.pk}'][value='{chosen.pk}']").check(force=True)
    reply = draw.interaction.messages.filter(author_kind="agent", is_private=False).first()
    turn = page.locator(f"#message-{reply.pk}")
    turn.get_by_text("Quote this message").click()
    turn.get_by_role("combobox").select_option(value=str(failed.pk))
    turn.get_by_role("button", name="Quote", exact=True).click()
    expect(page.locator(f"#quotes-{failed.pk} blockquote")).to_be_visible()
    assert Quote.objects.get().message == reply
    page.get_by_role("button", name="Check and publish").click()
    expect(page.get_by_role("heading", name="Publish this review?")).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Published. Rita Example can read it now.")).to_be_visible()
    return review


def read_and_learn(page: Page, draw, assignment: Assignment) -> None:
    page.goto("/")
    page.get_by_role("link", name=re.compile(rf"^Read: {draw.interaction}")).click()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Thank you. Your lead sees that you have read it.")).to_be_visible()
    page.goto("/")
    page.get_by_role("link", name=re.compile(rf"^Open: {assignment.module.title}")).click()
    page.get_by_role("button", name="Start", exact=True).click()
    content = from_revision(assignment.module.live_revision)
    for _lesson in content.lessons:
        page.get_by_role("button", name="Finish lesson").click()
    for right, heading in ((False, "Not yet"), (True, "Passed")):
        for question in content.questions:
            for answer in question.answers:
                if answer.correct == right:
                    page.locator(f"input[name='question-{question.id}'][value='{answer.id}']").check()
                    if not question.multiple:
                        break
        page.get_by_role("button", name="Hand in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        if not right:
            page.get_by_role("link", name="Take the quiz again").click()


def filter_board(page: Page) -> None:
    page.goto("/board/")
    people = page.get_by_role("rowheader")
    expect(people.filter(has_text="Ravi Example")).to_be_visible()
    page.get_by_label("Name").fill("rita")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(people.filter(has_text="Rita Example")).to_be_visible()
    expect(people.filter(has_text="Ravi Example")).to_have_count(0)
    page.get_by_label("Only who needs me").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("Nobody stands out")).to_be_visible()


def test_review_learning_and_board_work_without_javascript(company, open_plain):
    now = timezone.now()
    add_remedy(
        actor=company.hana,
        scorecard_key=company.scorecard.key,
        criterion_key=CRITERION,
        module=company.module,
        due_in_days=7,
        now=now,
    )
    draw = make_draw(company.vera, company.rita, now=now)

    review = review_and_publish(open_plain(company.vera), draw)

    assignment = Assignment.objects.get()
    read_and_learn(open_plain(company.rita), draw, assignment)
    assert review.acknowledgements.exists()
    assert Completion.objects.get().assignment == assignment

    filter_board(open_plain(company.lena))
