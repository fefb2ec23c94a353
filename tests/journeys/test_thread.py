"""The thread, end to end, in a real browser and by keyboard where people work by keyboard.

The head publishes a scorecard and says which module answers a failed criterion; a reviewer scores a
conversation with a quote as evidence; the rep reads why, learns and passes; the lead's board has changed.
Every page on the way is accessible, at both widths and in both themes.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from coaching.interactions.models import Interaction
from coaching.quality.models import Quote, Review
from coaching.quality.services import draw_reviews
from learning.assignments.models import Assignment, Completion
from learning.modules.content import from_revision
from tests.browser import assert_accessible
from tests.conftest import PASSWORD
from tests.journeys.conversations import own_conversation, real_conversation
from tests.journeys.keyboard import choose, press, tab_to, type_into

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CRITERION, LABEL = "own-the-mistake", "Owns the mistake"


def button(page: Page, name: str, *, exact: bool = True):
    return page.get_by_role("button", name=name, exact=exact)


def link(page: Page, name: str, of: str = ""):
    """A link by its name; `of` is what screen readers hear after it ("Read: Late parcel")."""
    pattern = rf"{re.escape(name)}: {re.escape(of)}" if of else re.escape(name)
    return page.get_by_role("link", name=re.compile(f"^{pattern}$"))


# --- The head --------------------------------------------------------------------------------------


def publish_scorecard(page: Page, url: str) -> None:
    page.goto(f"{url}/quality/scorecards/")
    assert_accessible(page, "Scorecards")
    button(page, "Make a new version", exact=False).click()
    assert_accessible(page, "Written conversation")
    button(page, "Publish this version").click()
    expect(page.get_by_text("Published. New reviews use this version", exact=False)).to_be_visible()
    assert_accessible(page, "Written conversation")


def add_remedy(page: Page, url: str, module_title: str) -> None:
    page.goto(f"{url}/playbook/remedies/")
    assert_accessible(page, "Remedies")
    link(page, "Add", LABEL).click()
    assert_accessible(page, "Add a remedy")
    page.get_by_label("assign this module").select_option(label=module_title)
    page.get_by_label("due after how many days").fill("7")
    button(page, "Save").click()
    expect(page.get_by_text("Saved. It works from the next published review on.")).to_be_visible()
    assert_accessible(page, "Remedies")


# --- The lead --------------------------------------------------------------------------------------


def board_row(page: Page, url: str, name: str) -> dict[str, str]:
    """What the board says of one rep: column → words."""
    page.goto(f"{url}/board/")
    assert_accessible(page, "Harbour")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))
    heads = page.get_by_role("columnheader").all_inner_texts()
    cells = row.locator("th, td").all_inner_texts()
    return {head.split("\n")[0]: " ".join(cell.split()) for head, cell in zip(heads, cells, strict=True)}


# --- The reviewer, by keyboard alone -----------------------------------------------------------------


def review_by_keyboard(page: Page, url: str, case: Interaction) -> None:
    page.goto(f"{url}/")
    assert_accessible(page, "Vera")
    page.goto(f"{url}/quality/queue/")
    assert_accessible(page, "To review")
    press(page, button(page, f"Review: {case}"))
    assert_accessible(page, str(case))
    review = Review.objects.get()
    criteria = [c for s in review.scorecard_version.sections.all() for c in s.criteria.all()]
    reply = case.messages.filter(author_kind="agent", is_private=False).first()
    place = list(case.messages.values_list("pk", flat=True)).index(reply.pk)
    page.keyboard.press("j")
    page.keyboard.press("k")
    for criterion in criteria:
        if criterion.key == CRITERION:
            page.keyboard.press(str(criterion.answers.count()))
            for _step in range(place):
                page.keyboard.press("Shift+J")
            if place == 0:
                page.keyboard.press("Shift+J")
                page.keyboard.press("Shift+K")
            page.keyboard.press("q")
            expect(page.locator(f"#quotes-{criterion.pk} blockquote")).to_be_visible()
            page.keyboard.press("c")
            page.keyboard.type("It says what went wrong, but not that it was ours.")
            page.keyboard.press("Escape")
        else:
            page.keyboard.press("1")
        page.keyboard.press("j")
    expect(page.locator("#score-panel")).to_contain_text(f"{len(criteria)} of {len(criteria)} answered")
    expect(page.locator("#save-state")).to_contain_text("Saved")
    page.wait_for_load_state("networkidle")
    press(page, button(page, "Check and publish"))
    expect(page.get_by_role("heading", name="Publish this review?")).to_be_visible()
    assert_accessible(page, "Publish this review?")
    press(page, button(page, "Publish"))
    expect(page.get_by_text("Published. Rita Example can read it now.")).to_be_visible()
    quote = Quote.objects.get()
    assert (quote.message, quote.rating.criterion.key) == (reply, CRITERION)


# --- The rep, by keyboard alone ----------------------------------------------------------------------


def sign_in_by_keyboard(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}/")
    assert_accessible(page, "Sign in")
    type_into(page, page.locator("input[name=login]"), email)
    type_into(page, page.locator("input[type=password]"), PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rita")


def acknowledge(page: Page, case: Interaction) -> None:
    press(page, link(page, "Read", str(case)))
    assert_accessible(page, str(case))
    type_into(page, page.get_by_label("Your comment"), "True. I will say it first next time.")
    press(page, button(page, "Acknowledge"))
    expect(page.get_by_text("Thank you. Your lead sees that you have read it.")).to_be_visible()
    assert_accessible(page, str(case))


def learn(page: Page, url: str, assignment: Assignment) -> None:
    page.goto(f"{url}/")
    press(page, link(page, "Open", assignment.module.title))
    assert_accessible(page, assignment.module.title)
    expect(page.get_by_text("Why did I get this?")).to_be_visible()
    press(page, button(page, "Start"))
    content = from_revision(assignment.module.live_revision)
    for number, lesson in enumerate(content.lessons, 1):
        expect(page.get_by_role("heading", level=1)).to_have_text(lesson.title)
        assert_accessible(page, lesson.title)
        last = number == len(content.lessons)
        press(page, button(page, "Finish lesson, then the quiz" if last else "Finish lesson and go on"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Quiz")
    assert_accessible(page, "Quiz")

    # An empty sheet says what is missing; wrong answers get their reason; the right ones pass.
    press(page, button(page, "Hand in"))
    expect(page.get_by_role("alert")).to_contain_text("no answer yet")
    assert_accessible(page, "Quiz")
    answer(page, content, right=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Not yet")
    assert_accessible(page, "Not yet")
    expect(page.get_by_text("The reason:").first).to_be_visible()
    press(page, link(page, "Take the quiz again"))
    answer(page, content, right=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("Passed")
    assert_accessible(page, "Passed")
    press(page, link(page, "To my learning"))
    assert_accessible(page, "Learn")


def answer(page: Page, content, *, right: bool) -> None:
    for question in content.questions:
        for item in question.answers:
            if item.correct == right:
                choose(page, page.locator(f"input[name='question-{question.id}'][value='{item.id}']"))
                if not question.multiple:
                    break
    press(page, button(page, "Hand in"))


# --- The journey --------------------------------------------------------------------------------------


def walk(company, case: Interaction, open_as, context: BrowserContext, url: str) -> None:
    company.rita.set_password(PASSWORD)
    company.rita.save()
    now = timezone.now()

    page = open_as(company.hana)
    publish_scorecard(page, url)
    add_remedy(page, url, company.module.title)
    page.close()
    day = timedelta(days=1)
    assert draw_reviews(
        actor=None,
        reviewers=[company.vera],
        people=[company.rita],
        per_person=1,
        since=case.opened_on - day,
        until=(case.resolved_on or case.opened_on) + day,
        seed=1,
        now=now,
    )

    page = open_as(company.lena)
    before = board_row(page, url, "Rita Example")
    page.close()
    assert "open" not in before["Learning"].replace("none open", "")

    page = open_as(company.vera)
    review_by_keyboard(page, url, case)
    page.close()
    review, assignment = Review.objects.get(), Assignment.objects.get()
    quoted = Quote.objects.get().excerpt
    assert (assignment.person, assignment.module, assignment.because_quote) == (company.rita, company.module, quoted)

    page = open_as(company.lena)
    during = board_row(page, url, "Rita Example")
    page.close()
    assert "1 open" in during["Learning"]
    assert "1 review to read" in during["Learning"]
    assert "n = 1" in during[LABEL]
    assert "n = 1" not in before.get(LABEL, "")

    context.clear_cookies()
    page = context.new_page()
    sign_in_by_keyboard(page, url, company.rita.email)
    assert_accessible(page, "Rita")
    expect(page.locator(".because__text")).to_contain_text(f"“{LABEL}” was not met")
    assert page.locator(".because blockquote").inner_text().split() == quoted.split()
    tab_to(page, link(page, "See where this comes from"))
    acknowledge(page, case)
    learn(page, url, assignment)
    page.close()
    review.refresh_from_db()
    assert review.acknowledgements.get().comment == "True. I will say it first next time."
    done = Completion.objects.get()
    assert (done.person, done.assignment, done.revision_id) == (company.rita, assignment, company.module.live_revision_id)

    page = open_as(company.lena)
    after = board_row(page, url, "Rita Example")
    page.close()
    assert "1 open" not in after["Learning"]
    assert "review to read" not in after["Learning"]
    assert "n = 1" in after[LABEL]


def test_the_thread_with_a_conversation_of_our_own(company, open_as, context, live_server):
    walk(company, own_conversation(company.rita, timezone.now()), open_as, context, live_server.url)


def test_the_thread_with_a_real_conversation(company, open_as, context, live_server, shared_data, tmp_path):
    walk(company, real_conversation(company.rita, shared_data, tmp_path, timezone.now()), open_as, context, live_server.url)
