"""The workspace in a real browser: what appears once it is asked, root causes, and the tenth and eleventh answer by key."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from coaching.quality import services
from coaching.quality.causes.outline import read_outline
from coaching.quality.models import Criterion, Rating, RatingCause, ScorecardVersion, Section
from coaching.quality.scales import scale_answers
from coaching.quality.services import AnswerInput, CriterionInput, SectionInput
from tests.browser import violations
from tests.factories.quality import make_draw

expect.set_options(timeout=20_000)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def make_version(cast, now):
    """A rating from 0 to 10 with causes, and what is asked only where it is low."""
    services.create_scorecard(actor=cast.hana, name="Small", now=now)
    version = ScorecardVersion.objects.get()
    services.save_version(actor=cast.hana, version=version, sections=[SectionInput(title="All", order=1)], now=now)
    section = Section.objects.select_related("version").get()
    for order, (key, scale, more) in enumerate(
        [
            ("solved", "11", {"criticality": "section", "causes": read_outline("Knowledge\n- Product\nCare")}),
            ("told", "yes-no", {"asked_if": "solved", "asked_at_most": 0.1}),
            ("greeted", "yes-no", {"is_bonus": True}),
        ],
        1,
    ):
        answers = [AnswerInput(value=value, label=label, anchor=f"What earns {label}.") for value, label in scale_answers(scale)]
        wish = CriterionInput(key=key, label=key.title(), question=f"{key}?", answers=answers, order=order, **more)
        services.save_criterion(actor=cast.hana, section=section, wish=wish, now=now)
    services.publish_version(actor=cast.hana, version=version, now=now)


def test_what_is_asked_appears_and_a_cause_is_picked_by_keyboard(cast, now, live_server, open_as):
    make_version(cast, now)
    review = services.start_review(actor=cast.vera, draw=make_draw(cast.vera, cast.rita, now=now), now=now)
    page = open_as(cast.vera)
    page.goto(live_server.url + reverse("review_edit", args=[review.pk]))
    solved, told = (Criterion.objects.get(key=key) for key in ("solved", "told"))
    box = page.locator(f"#criterion-{told.pk}")
    expect(box).to_contain_text("Not asked")
    expect(page.get_by_text("Why did it fail?")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("a")
    expect(page.locator("#score-panel")).to_contain_text("1 of 3 answered")
    assert Rating.objects.get().answer.label == "1"
    expect(box.get_by_role("radio")).to_have_count(2)
    page.keyboard.press("b")
    expect(page.locator("#running-score")).to_have_text("0")
    expect(page.locator("#score-panel")).to_contain_text("Critical: 0")
    expect(page.get_by_text("Why did it fail?")).to_be_visible()
    page.get_by_role("checkbox", name="Knowledge, Product").focus()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Space")
    assert RatingCause.objects.get().cause.key == "knowledge/product"
    # Somebody writes in what has just appeared: saving does not take it away.
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator(f"#comment-{told.pk}").fill("Nobody told them.")
    expect(page.locator(f"#comment-{told.pk}")).to_have_value("Nobody told them.")
    assert violations(page) == []
    page.locator(f"#criterion-{solved.pk}").focus()
    page.keyboard.press("1")
    expect(box).to_contain_text("Not asked")
    expect(page.get_by_text("Why did it fail?")).to_be_hidden()
    expect(page.locator("#running-score")).to_have_text("100")
    assert violations(page) == []
