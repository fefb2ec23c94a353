"""Everything held of somebody's practice: theirs to read, to take along and to erase."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.urls import reverse

from learning.practice.cards import add_cards_for_standard
from learning.practice.models import PracticeAnswer, PracticeCard, PracticePause, PracticeReason
from people.models import AuditEntry, Person
from tests.factories.learning import make_module, question
from tests.factories.practice import answer, complete, make_standard, teach

DAY = timedelta(days=1)


@pytest.fixture
def world(cast, now, sign_in):
    standard = make_standard()
    module = teach(make_module(now, quiz=[question(f"Q{n}", [("yes", True), ("no", False)]) for n in range(1, 4)]), standard)
    rita = sign_in(cast.rita)
    complete(rita, cast.rita, module, now)
    wish = {"because": "In a review.", "evidence_url": "/quality/reviews/1/", "cause": "review:1:criterion:need"}
    add_cards_for_standard(person=cast.rita, standard=standard, now=now, **wish)
    complete(sign_in(cast.ravi), cast.ravi, module, now)
    with time_machine.travel(now + DAY, tick=False):
        for card in PracticeCard.objects.filter(person=cast.rita)[:2]:
            answer(card, now + DAY, right=False)
        answer(PracticeCard.objects.filter(person=cast.ravi)[0], now + DAY)
        rita.post(reverse("practice_share"), {"shares": "yes"})
        rita.post(reverse("practice_pause"), {"until": ""})
        yield rita


def test_the_file_holds_all_of_it_and_nothing_of_others(cast, world):
    response = world.get(reverse("practice_export"))
    assert response["Content-Disposition"] == 'attachment; filename="practice.json"'
    held = json.loads(response.content)
    assert held["shares_with_lead"] is True
    assert held["pauses"] == [{"starts_on": "2026-06-16", "until": None}]
    assert len(held["cards"]) == 3
    answers = [row for card in held["cards"] for row in card["answers"]]
    assert [(row["asked"]["prompt"], row["rating"], row["seconds"]) for row in answers] == [
        ("Q1", "not right", 5),
        ("Q2", "not right", 5),
    ]
    assert {reason["because"] for card in held["cards"] for reason in card["reasons"]} == {"", "In a review."}
    stored = {field.name for field in PracticeAnswer._meta.get_fields()}
    assert stored == {
        "id", "card", "number", "content", "digest", "answer", "rating", "seconds", "was_due_on", "on", "next_on", "at",
        "shared", "standards",
    }, "tell of a new field in everything_held, then here"  # fmt: skip


def test_erasing_leaves_nothing_and_begins_anew(cast, world):
    page = world.get(reverse("practice_erase")).content.decode()
    assert "2 answers go for good" in page
    page = world.post(reverse("practice_erase"), follow=True).content.decode()
    assert "Erased." in page
    assert not PracticeAnswer.objects.filter(card__person=cast.rita).exists()
    assert not PracticePause.objects.exists()
    assert not PracticeReason.objects.filter(kind="evidence").exists()
    fresh = PracticeCard.objects.filter(person=cast.rita)
    assert [(card.answered, card.state) for card in fresh] == [(0, None)] * 3, "the completed module stays completed"
    assert PracticeAnswer.objects.filter(card__person=cast.ravi).count() == 1
    entry = AuditEntry.objects.get(verb="practice.erase")
    assert (entry.subject, entry.after) == (cast.rita, {"answers": 2})


def test_answers_cannot_be_changed_or_deleted_otherwise(world):
    row = PracticeAnswer.objects.first()
    for change in (row.save, PracticeAnswer.objects.all().delete, lambda: PracticeAnswer.objects.update(rating=3)):
        with pytest.raises(TypeError):
            change()


def test_every_table_with_a_person_is_erased():
    """A new table of this room that points to a person has to be thought of in `erase_practice`."""
    tables = {
        model.__name__
        for model in apps.get_app_config("learning_practice").get_models()
        if any(field.related_model is Person for field in model._meta.get_fields())
    }
    assert tables == {"PracticeCard", "PracticeChoice", "PracticePause"}


def test_my_practice_shows_why_when_and_how(cast, world):
    page = world.get(reverse("practice_mine")).content.decode()
    assert "3 in use, 0 put aside, 0 at rest." in page
    assert "In a review." in page
    assert "You completed “Listening” on 15 June 2026." in page
    assert "Your practice rests." in page
    assert "Nothing fits this filter" in world.get(reverse("practice_mine"), {"q": "zebra"}).content.decode()
    page = world.get(reverse("practice_answers")).content.decode()
    assert "2 answers" in page
    assert "5 s" in page
