"""The learner's own page, the catalogue, what is said of a module, and how modules work: in a real browser, by keyboard, accessible."""

from datetime import date

import pytest
from playwright.sync_api import expect

from learning.assignments import suggesting
from learning.assignments.models import PastTraining
from learning.assignments.suggesting import Evidence, Reason, Suggestion, Suggestions
from learning.assignments.training.services import complete_by_hand
from learning.feedback.models import ModuleFeedback
from learning.modules.services import publish_module
from tests.browser import assert_accessible
from tests.factories.learning import build_module, give, make_module

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(cast, now):
    module = build_module("Listening to the end")
    module.tags.add("Basics", "Difficult moments")
    publish_module(actor=None, module=module, now=now)
    german = make_module(now, "Zuhören bis zum Schluss", language="de", translation_of=module)
    complete_by_hand(actor=cast.lena, assignment=give(cast.rita, module, now), reason="Seen.", now=now)
    PastTraining.objects.create(
        person=cast.rita, title="A day of phone", completed_on=date(2024, 5, 1), minutes=90, imported_at=now
    )
    other = make_module(now, "Plain words")
    reason = Reason("In 5 of your last 8 reviews “Plain words” was missed.", "About 40 %.", (Evidence("review of 1 June", "/"),))
    found = Suggestions((Suggestion(other, (reason,), "Not yet measured.", "/", "/"),), hidden=1, show_again_url="/")
    recommender = suggesting.register(lambda person, now: found)
    yield {"module": module, "german": german}
    suggesting.unregister(recommender)


def test_the_learner_finds_chooses_and_says_whether_it_helped(cast, live_server, open_as, world):
    page = open_as(cast.rita)
    page.goto(live_server.url + "/learn/")
    expect(page.get_by_role("heading", name="Recommended for you")).to_be_visible()
    page.get_by_text("How is this chosen?").click()
    assert_accessible(page, "Learn")
    page.goto(live_server.url + "/learn/modules/?q=listen")
    assert_accessible(page, "All modules")
    page.goto(live_server.url + "/learn/modules/?q=zzzz")
    assert_accessible(page, "All modules")
    page.goto(f"{live_server.url}/learn/modules/{world['module'].pk}/")
    page.get_by_role("button", name="It did not help").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You said that it did not help.")).to_be_visible()
    page.get_by_label("What helped, or what was missing?").fill("The example is from another shop.")
    page.get_by_role("button", name="Save the sentence").click()
    expect(page.get_by_role("button", name="It did not help")).to_have_attribute("aria-pressed", "true")
    page.get_by_text("Change the sentence, or take it back").click()
    assert_accessible(page, "Listening to the end")
    assert ModuleFeedback.objects.get().comment == "The example is from another shop."


def test_the_editors_and_the_heads_pages(cast, now, live_server, open_as, world):
    ModuleFeedback.objects.create(
        person=cast.rita, module=world["module"], revision=world["module"].live_revision, content_digest="d", helped=False,
        comment="The example is from another shop.", given_at=now,
    )  # fmt: skip
    page = open_as(cast.edda)
    page.goto(live_server.url + "/learn/feedback/")
    assert_accessible(page, "Feedback on modules")
    page.get_by_role("link", name="Listening to the end").click()
    page.get_by_text("Answer", exact=True).click()
    page.get_by_label("Your answer to Rita Example").fill("It is changed.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("paragraph").filter(has_text="It is changed.")).to_be_visible()
    assert_accessible(page, "Listening to the end")
    page.goto(f"{live_server.url}/learn/modules/{world['german'].pk}/")
    assert_accessible(page, "Zuhören bis zum Schluss")
    page = open_as(cast.hana)
    page.goto(live_server.url + "/learn/reports/effectiveness/")
    page.get_by_text("What these figures say, and what not").click()
    assert_accessible(page, "How modules work")
