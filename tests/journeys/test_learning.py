"""A learner's whole way to a proof that a stranger can check, on a phone and without scripts; a lead gives a path to a team; an
editor publishes a material change, and whoever is meant learns it again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from learning.assignments.models import Assignment, Completion
from learning.assignments.training.services import complete_by_hand
from learning.certificates.models import Certificate
from learning.modules.models import Module
from learning.practice.cards import add_cards_for_standard
from tests.browser import WIDTHS, assert_accessible, violations
from tests.factories.certificates import make_template
from tests.factories.learning import give, lesson, make_module, question
from tests.factories.paths import make_path
from tests.factories.practice import make_standard, teach

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": WIDTHS[0], "height": 740}
BECAUSE = "In a review of this week no day was named."
QUIZ = [question("What comes first?", [("Listen", True), ("Answer", False)])]


def a_module(title: str) -> Module:
    lessons = [lesson("First"), lesson("Second")]
    return make_module(timezone.now(), title, lessons=lessons, quiz=QUIZ, certificate_template=make_template())


def fits(page: Page, *, scripts: bool = True) -> None:
    """Nothing scrolls sideways, and nothing keeps anybody out. (Axe and measuring need a script.)"""
    if scripts:
        assert not violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


def practise(page: Page, base: str, *, scripts: bool) -> None:
    """The same question in daily practice, where it stands because a review found the standard missing."""
    page.goto(f"{base}/learn/practice/")
    expect(page.get_by_text(BECAUSE)).to_be_visible()
    fits(page, scripts=scripts)
    page.get_by_label("Answer", exact=True).check()
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not right this time")
    expect(page.get_by_text("The reason behind What comes first?")).to_be_visible()
    fits(page, scripts=scripts)
    page.get_by_role("link", name="Finish").click()
    expect(page.get_by_text("Done for today")).to_be_visible()


def learn_to_the_proof(page: Page, base: str, title: str, *, scripts: bool) -> None:
    """Open, read, leave and come back, fail, read why, practise, pass, see the certificate, and check it as a stranger."""
    page.goto(f"{base}/learn/")
    page.get_by_role("link", name=re.compile(f"Open.*{title}|^{title}")).first.click()
    expect(page.get_by_text("A promise was broken this week.")).to_be_visible()
    fits(page, scripts=scripts)
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Finish lesson and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second")

    context = page.context
    page.close()  # in the middle of a lesson
    page = context.new_page()
    page.goto(f"{base}/learn/")
    page.get_by_role("link", name=re.compile("Continue|Go on")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second")
    fits(page, scripts=scripts)
    page.get_by_role("button", name="Finish lesson, then the quiz").click()

    page.get_by_label("Answer", exact=True).check()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not yet")
    expect(page.get_by_text("Feedback on Answer")).to_be_visible()
    assert not Completion.objects.exists()
    fits(page, scripts=scripts)
    practise(page, base, scripts=scripts)
    page.goto(f"{base}/learn/")
    page.get_by_role("link", name=re.compile("Continue|Go on")).first.click()
    page.get_by_label("Listen", exact=True).check()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Passed")

    page.goto(f"{base}/learn/certificates/")
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    fits(page, scripts=scripts)
    context.clear_cookies()  # a stranger, with the paper in hand
    page.goto(f"{base}/verify/{Certificate.objects.get().number}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("This certificate is genuine and valid")
    expect(page.get_by_text("Rita Example")).to_be_visible()
    fits(page, scripts=scripts)


@pytest.mark.parametrize("scripts", [True, False], ids=["phone", "without scripts"])
def test_learn_fail_practise_pass_and_prove_it(cast, browser, live_server, sign_in, scripts):
    module, standard, now = a_module("Promises"), make_standard(), timezone.now()
    teach(module, standard)
    given = {"cause": "review:1:criterion:promise", "evidence_url": "/quality/"}
    add_cards_for_standard(person=cast.rita, standard=standard, because=BECAUSE, now=now, **given)
    assignment = give(cast.rita, module, now, actor=cast.lena, because="A promise was broken this week.")
    session = next(iter(sign_in(cast.rita).cookies.values()))
    context = browser.new_context(java_script_enabled=scripts, viewport=PHONE)
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    try:
        learn_to_the_proof(context.new_page(), live_server.url, "Promises", scripts=scripts)
    finally:
        context.close()
    completion = Completion.objects.get()
    assert (completion.assignment, Certificate.objects.get().completion) == (assignment, completion.pk)


def test_a_path_for_a_team_and_a_material_change_for_a_group(cast, live_server, open_as):
    """One database for both: they share the module that Rita learns on her path, and learns again when it has changed."""
    now = timezone.now()
    first, second = a_module("Promises"), a_module("Apologies")
    path = make_path(now, ([first], 1), ([second], 1), title="Keeping promises")
    complete_by_hand(actor=cast.lars, assignment=give(cast.otto, first, now), reason="Seen.", now=now)

    page = open_as(cast.lena)
    page.goto(f"{live_server.url}/learn/paths/{path.pk}/")
    page.get_by_role("link", name=re.compile("^Give")).click()
    page.get_by_label("Care / Harbour").check()
    page.locator("[name=because]").fill("You are new in the team.")
    page.get_by_role("button", name="Give it").click()
    expect(page.get_by_text("Given to 2 people.")).to_be_visible()
    assert_accessible(page, "Keeping promises")

    page = open_as(cast.rita)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/learn/")
    expect(page.get_by_text("You are new in the team.").first).to_be_visible()
    page.goto(f"{live_server.url}/learn/paths/")
    page.get_by_role("link", name=re.compile("Keeping promises")).first.click()
    expect(page.get_by_text("0 of 2 steps")).to_be_visible()
    fits(page)
    way = Assignment.objects.get(person=cast.rita)
    complete_by_hand(actor=cast.lena, assignment=way, reason="Shown at the desk.", now=timezone.now())
    proof = Completion.objects.filter(person=cast.rita).values().get()

    page = open_as(cast.hana)
    page.set_default_timeout(10_000)
    page.goto(f"{live_server.url}/learn/modules/{first.pk}/")
    page.get_by_role("link", name="After a material change").click()
    page.get_by_label("Harbour").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It holds from the next material change on.")).to_be_visible()

    page = open_as(cast.edda)
    page.set_viewport_size({"width": WIDTHS[1], "height": 900})
    page.goto(f"{live_server.url}/cms/pages/{first.pk}/edit/")
    page.locator("[name=summary]").fill("Promise a day, and keep it.")
    page.locator("[name=change_kind][value=material]").check()
    page.locator("[name=change_note]").fill("Say the day, not the week.")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("published").first).to_be_visible()

    again = Assignment.objects.get(source="change")
    assert (again.person, again.cycle) == (cast.rita, 2), "Otto has learnt it too, and is in another team"
    assert again.due_on == timezone.localdate() + timedelta(days=14)
    assert Completion.objects.filter(person=cast.rita).values().get() == proof
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}/learn/assignments/{again.pk}/")
    expect(page.get_by_text("Say the day, not the week.")).to_be_visible()
    assert_accessible(page, "Promises")
