"""The catalogue finds modules by their lessons, tags, language and state; the learner's own page tells what was learnt, by year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from learning.assignments.hours import hours_by_year, hours_of
from learning.assignments.models import Assignment, PastTraining
from learning.assignments.services import start_attempt
from learning.assignments.training.services import complete_by_hand
from learning.modules.models import Module
from learning.modules.services import publish_module
from tests.factories.certificates import make_template
from tests.factories.learning import build_module, give, lesson, make_module

HELLO = "<p>Say <b>hello</b> before anything else.</p>"


def main_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode().split("<main")[1]


def titles(page: str) -> list[str]:
    """The modules of the page, in order."""
    return [part.split("</a>")[0].rsplit(">", 1)[1] for part in page.split("module-card__title")[1:]]


def tagged(now, title: str, *tags: str, **changes) -> Module:
    module = build_module(title, **changes)
    module.tags.add(*tags)
    return publish_module(actor=None, module=module, now=now)


@pytest.fixture
def find(cast, sign_in):
    rita = sign_in(cast.rita)
    return lambda query="": main_of(rita.get(reverse("learn_catalogue") + query))


def test_words_of_a_lesson_find_its_module_and_show_where(now, find):
    make_module(now, "Greeting", lessons=[lesson("First words", HELLO)])
    make_module(now, "Refunds", summary="When we say hello to a refund.")
    make_module(now, "Hello again")
    assert titles(find("?q=hello")) == ["Hello again", "Refunds", "Greeting"], "the title before the summary before a lesson"
    assert titles(find("?q=hello&sort=title")) == ["Greeting", "Hello again", "Refunds"]
    page = find("?q=anyth")
    assert titles(page) == ["Greeting"], "the beginning of a word is enough"
    assert "Say hello before anything else." in " ".join(page.split())
    assert titles(find("?q=words hello")) == ["Greeting"], "every word must be found"
    assert titles(find("?q=%00")) == titles(find())
    assert titles(find("?q='\"(*")) == []


def test_questions_of_the_quiz_find_nothing_and_drafts_are_not_found(cast, now, find):
    module = make_module(now, "Greeting", lessons=[lesson("First words", HELLO)])
    assert titles(find("?q=Feedback")) == []
    module.unpublish()
    assert titles(find("?q=hello")) == []


def test_filters_by_tag_length_and_order(now, find):
    tagged(now, "Calm", "Complaints", "Tone", estimated_minutes=20)
    tagged(now + timedelta(days=1), "Brief", "tone", estimated_minutes=4)
    tagged(now, "Alone", estimated_minutes=10)
    assert titles(find("?tag=tone")) == ["Brief", "Calm"], "one tag, whatever its capitals"
    assert titles(find("?tag=complaints")) == ["Calm"]
    assert titles(find("?q=complaint")) == ["Calm"]
    assert titles(find("?minutes=5")) == ["Brief"]
    assert titles(find("?minutes=10&sort=shortest")) == ["Brief", "Alone"]
    assert titles(find("?sort=newest"))[0] == "Brief"
    assert titles(find("?tag=nonsense&minutes=7&sort=x&state=y")) == ["Alone", "Brief", "Calm"]
    empty = find("?tag=complaints&minutes=5")
    assert "No module fits" in empty
    assert "Show all modules" in empty


def test_filters_by_state(cast, now, find):
    first, second, third, fourth, fifth = (make_module(now, title) for title in ("One", "Two", "Three", "Four", "Five"))
    second.prerequisites.set([first])
    publish_module(actor=None, module=second, now=now)
    assert titles(find("?state=waiting")) == ["Two"]
    complete_by_hand(actor=cast.lena, assignment=give(cast.rita, first, now), reason="Seen.", now=now)
    start_attempt(actor=cast.rita, assignment=give(cast.rita, third, now), now=now)
    give(cast.rita, fourth, now)
    PastTraining.objects.create(person=cast.rita, title="Five", completed_on=date(2020, 1, 1), module=fifth, imported_at=now)
    assert titles(find("?state=waiting")) == []
    assert titles(find("?state=completed")) == ["Five", "One"]
    assert titles(find("?state=begun")) == ["Three"]
    assert titles(find("?state=new")) == ["Four", "Two"]
    assert "Learnt before" in find("?q=Five")


def test_the_catalogue_stays_cheap_and_turns_pages(cast, now, sign_in, django_assert_max_num_queries):
    for number in range(14):
        tagged(now, f"Module {number:02}", f"tag {number}", "all", lessons=[lesson("L", HELLO)])
    rita = sign_in(cast.rita)
    rita.get(reverse("learn_catalogue"))
    with django_assert_max_num_queries(19):
        page = main_of(rita.get(reverse("learn_catalogue") + "?q=hello&tag=all"))
    assert len(titles(page)) == 12
    assert titles(main_of(rita.get(reverse("learn_catalogue") + "?q=hello&tag=all&page=2"))) == ["Module 12", "Module 13"]


# --- My learning ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def years(cast, now):
    """Rita: two modules in 2025 and one in 2026, with a certificate; one training elsewhere in 2024."""
    for title, at in (("Old", datetime(2025, 3, 1, 9, tzinfo=UTC)), ("New year’s", datetime(2025, 12, 31, 22, 30, tzinfo=UTC))):
        complete_by_hand(actor=cast.lena, assignment=give(cast.rita, make_module(at, title), at), reason="Seen.", now=at)
    module = make_module(now, "With paper", certificate_template=make_template())
    complete_by_hand(actor=cast.lena, assignment=give(cast.rita, module, now), reason="Seen.", now=now)
    PastTraining.objects.create(
        person=cast.rita, title="A day of phone", completed_on=date(2024, 5, 1), minutes=90, imported_at=now
    )


def test_what_i_have_learnt_by_year(cast, now, sign_in, years):
    rita = sign_in(cast.rita)
    page = main_of(rita.get(reverse("learn_home")))
    for words in ("Old", "New year’s", "With paper", "A day of phone", "Certificate of With paper"):
        assert words in page
    this_year = main_of(rita.get(reverse("learn_home") + "?year=2026"))
    assert "With paper" in this_year
    assert "A day of phone" not in this_year
    assert ">Old</a>" not in this_year
    before = main_of(rita.get(reverse("learn_home") + "?year=2024"))
    assert "No module completed in 2024" in before
    assert "1 h 30 min" in before
    assert "Old" not in main_of(sign_in(cast.ravi).get(reverse("learn_home")))
    assert "Nothing" in main_of(sign_in(cast.ravi).get(reverse("learn_home") + "?year=1"))


def test_years_agree_with_the_reports(cast, years):
    for row in hours_by_year(cast.rita):
        assert row == hours_of([cast.rita], row.year)[0]
    assert [(row.year, row.modules, row.trainings, row.seconds) for row in hours_by_year(cast.rita)][-1] == (2024, 0, 1, 5400)
    assert hours_by_year(cast.ravi) == []


def test_going_on_says_how_far_i_am(cast, now, sign_in):
    rita = sign_in(cast.rita)
    assignment = give(cast.rita, make_module(now, "Long"), now)
    rita.post(reverse("start_attempt", args=[assignment.pk]))
    rita.post(reverse("finish_lesson", args=[assignment.pk, 1]))
    page = main_of(rita.get(reverse("learn_home")))
    assert "Go on where you left off" in page
    assert "1 of 3 steps" in page
    assert "It helps." in page
    assert Assignment.objects.get().state == "started"
