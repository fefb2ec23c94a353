"""A wrong answer is put right, by keyboard alone: drawn, reviewed with a quote, approved, read, disputed, decided.

What hung on the wrong answer goes with it: the score on every page that shows it, and the module that was assigned.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coaching.playbook.services import add_remedy
from coaching.quality import services
from coaching.quality.models import Dispute, Quote, Review, ScorecardVersion
from learning.assignments.models import Assignment
from people.models import Person, Role
from people.services import create_person
from tests.browser import assert_accessible
from tests.journeys.conversations import own_conversation
from tests.journeys.keyboard import choose, pick, press, tab_to, type_into

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CRITERION, LABEL, CASE = "own-the-mistake", "Owns the mistake", "Late parcel"


@pytest.fixture
def approved_by_another(company):
    """Every review of the scorecard needs a second person; failing to own a mistake assigns a module.

    Whoever scored or approved a review does not decide a dispute about it, so three people review.
    """
    now = timezone.now()
    company.vito = create_person(
        actor=None,
        email="vito@example.com",
        display_name="Vito Example",
        roles=[Role.REVIEWER],
        time_zone="Europe/Berlin",
        now=now,
    )
    version = services.new_version(actor=company.hana, scorecard=company.scorecard, now=now)
    services.save_version(actor=company.hana, version=version, sections=[], approval=ScorecardVersion.Approval.ALL, now=now)
    services.publish_version(actor=company.hana, version=version, now=now)
    add_remedy(
        actor=company.hana,
        scorecard_key=company.scorecard.key,
        criterion_key=CRITERION,
        module=company.module,
        due_in_days=7,
        now=now,
    )
    return company


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str):
    return page.get_by_role("link", name=re.compile(name)).first


def draw(page: Page, url: str) -> None:
    """The head draws this cycle of the plan that every company starts with."""
    page.goto(f"{url}/quality/plans/")
    assert_accessible(page, "Sampling plans")
    press(page, link(page, "Two a week from everybody"))
    press(page, button(page, "Draw now"))
    expect(page.get_by_text("drawn", exact=False).first).to_be_visible()


def review(page: Page, url: str) -> None:
    """One answer is wrong: it says that the mistake was not owned, and quotes the reply that did."""
    page.goto(f"{url}/quality/queue/")
    press(page, button(page, f"Review: {CASE}"))
    assert_accessible(page, CASE)
    found = Review.objects.get()
    criteria = [c for s in found.scorecard_version.sections.all() for c in s.criteria.all()]
    for criterion in criteria:
        if criterion.key != CRITERION:
            page.keyboard.press("1")
            continue
        page.keyboard.press(str(criterion.answers.count()))
        page.keyboard.press("m")
        page.keyboard.press("2")
        page.keyboard.press("q")
        expect(page.locator(f"#quotes-{criterion.pk} blockquote")).to_be_visible()
        page.keyboard.press("j")
    expect(page.locator("#score-panel")).to_contain_text(f"{len(criteria)} of {len(criteria)} answered")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Publish this review?")).to_be_visible()
    assert_accessible(page, "Publish this review?")
    expect(page.get_by_text("Somebody else approves it first.")).to_be_visible()
    press(page, button(page, "Hand in for approval"))
    expect(page.get_by_text("Handed in. Somebody else approves it before Rita Example reads it.")).to_be_visible()


def approve(page: Page, url: str) -> None:
    page.goto(f"{url}/quality/approvals/")
    assert_accessible(page, "Approvals")
    press(page, link(page, CASE))
    assert_accessible(page, CASE)
    press(page, button(page, "Approve"))
    expect(page.get_by_text("Approved.", exact=False).first).to_be_visible()


def score_on(page: Page, address: str) -> str:
    """The score that stands for the conversation on a list of reviews; what was withdrawn is struck through there."""
    page.goto(address)
    listed = (
        page.locator("tr, li.queue__item").filter(has_text=CASE).filter(has_not_text="Withdrawn").filter(has_not_text="Corrected")
    )
    return listed.locator("td.num, .queue__score").first.inner_text().split()[0]


def read_and_dispute(page: Page, url: str, address: str) -> None:
    page.goto(f"{url}{address}")
    assert_accessible(page, CASE)
    type_into(page, page.get_by_label("Your comment"), "Read, but one answer is wrong.")
    press(page, button(page, "Acknowledge"))
    expect(page.get_by_text("Thank you. Your lead sees that you have read it.")).to_be_visible()
    press(page, link(page, "dispute it"))
    assert_accessible(page, "What is wrong in this review?")
    point = page.locator("details.dispute-point").filter(has_text=LABEL)
    if point.get_attribute("open") is None:
        press(page, point.locator("summary"))
    pick(page, point.get_by_label("It should be"), "Owned")
    type_into(page, point.get_by_label("Why", exact=True), "Message 2 says that nine days is far too long, and that it was us.")
    press(page, button(page, "Send to my lead"))
    expect(page.get_by_text("Your dispute is with your lead now.")).to_be_visible()
    assert_accessible(page, CASE)


def forward(page: Page, url: str, dispute: Dispute, decider: Person) -> None:
    page.goto(f"{url}/quality/disputes/")
    assert_accessible(page, "Disputes")
    press(page, page.locator(f"a[href='/quality/disputes/{dispute.pk}/']").first)
    assert_accessible(page, CASE)
    pick(page, page.get_by_label("Second reviewer"), decider.display_name)
    press(page, button(page, "Pass it on"))
    expect(page.get_by_text(f"passed it on to {decider.display_name}", exact=False)).to_be_visible()


def decide(page: Page, url: str, dispute: Dispute) -> None:
    page.goto(f"{url}/quality/disputes/{dispute.pk}/")
    assert_accessible(page, CASE)
    choose(page, page.locator("input[type=radio][value=yes]"))
    type_into(page, page.get_by_label("Reason"), "It does, in message 2.")
    pick(page, page.get_by_label("Was it a mistake of the reviewer?"), "Yes")
    press(page, button(page, "Decide"))
    expect(page.get_by_text("Decided. The review is corrected and counts anew.")).to_be_visible()
    assert_accessible(page, CASE)


def test_from_the_draw_to_what_was_assigned_by_mistake(approved_by_another, open_as, live_server):
    company, url = approved_by_another, live_server.url
    # The plan draws from the calendar week before this one.
    now = timezone.now()
    own_conversation(company.rita, now - timedelta(days=now.weekday() + 2))
    page = open_as(company.hana)
    draw(page, url)
    page.close()
    reviewer = Review.draw.field.related_model.objects.get().reviewer
    approver, decider = [person for person in (company.vera, company.viktor, company.vito) if person != reviewer]

    page = open_as(reviewer)
    review(page, url)
    page.close()
    scored = Review.objects.get()
    assert (scored.state, Quote.objects.get().message.position) == ("submitted", 2)
    assert not Assignment.objects.exists()

    page = open_as(approver)
    approve(page, url)
    page.close()
    scored.refresh_from_db()
    assignment = Assignment.objects.get()
    assert (scored.state, assignment.person, assignment.because_quote) == ("published", company.rita, Quote.objects.get().excerpt)

    page = open_as(company.rita)
    before = score_on(page, f"{url}/quality/reviews/mine/")
    read_and_dispute(page, url, f"/quality/reviews/{scored.pk}/")
    page.close()
    dispute = Dispute.objects.get()

    page = open_as(company.lena)
    forward(page, url, dispute, decider)
    assert score_on(page, f"{url}/quality/reviews/") == before
    page.close()
    page = open_as(decider)
    decide(page, url, dispute)
    page.close()

    corrected = Review.objects.get(corrects=scored)
    assignment.refresh_from_db()
    assert (corrected.score_shown, assignment.state) == (100, Assignment.State.WITHDRAWN)
    assert float(before) < 100
    for person, address in ((company.rita, "/quality/reviews/mine/"), (company.lena, "/quality/reviews/")):
        page = open_as(person)
        assert score_on(page, f"{url}{address}") == "100"
        page.close()
    page = open_as(company.rita)
    page.goto(f"{url}/learn/")
    expect(page.get_by_text(company.module.title)).to_have_count(0)
    page.goto(f"{url}/quality/reviews/{corrected.pk}/")
    tab_to(page, link(page, "Read it as it was before"))
    assert_accessible(page, CASE)
    page.close()
