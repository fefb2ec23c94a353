"""Cards and answers of daily practice, made the way the product makes them."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cms.models import Standard
from learning.modules.models import Module
from learning.practice.models import PracticeAnswer, PracticeCard
from learning.practice.questions import questions_of
from learning.practice.services import answer_card, show, shown
from people.models import Person
from tests.factories.learning import give, learn_all
from tests.factories.questions import right_answer


def make_standard(key: str = "name-the-need", title: str = "Name the need") -> Standard:
    return Standard.objects.create(key=key, title=title, behaviour="Say back what the customer needs.")


def teach(module: Module, *standards: Standard) -> Module:
    """Published anew, teaching these standards."""
    module.standards = list(standards)
    module.save_revision().publish()
    return module


def complete(client: Client, person: Person, module: Module, now: datetime) -> None:
    """Learnt by the pages, and the schedule has made the cards."""
    with time_machine.travel(now, tick=False):
        learn_all(client, give(person, module, now))
    look_again(now + timedelta(minutes=15))


def look_again(now: datetime) -> None:
    call_command("run_schedule", as_of=now, only="practice_cards")


def answer(card: PracticeCard, now: datetime, *, right: bool = True, seconds: int = 5) -> PracticeAnswer:
    """Shown and answered after so many seconds, without the random days."""
    card.refresh_from_db()
    practised = questions_of([card])[card.pk]
    seen = shown(show(card, practised, now - timedelta(seconds=seconds)))
    good = right_answer(practised.question)
    bad = [a.id for a in practised.question.answers if not a.correct]
    return answer_card(actor=card.person, seen=seen, sent=good if right else bad, fuzz=False, now=now)


def form_of(client: Client, card: PracticeCard | None = None, *, right: bool = True) -> dict[str, object]:
    """What the practice page posts, as it stands there now; `card` is the one expected there."""
    page = client.get(reverse("practice"))
    question = page.context["rows"][0].question
    assert card is None or page.context["today"].next.card == card
    good = right_answer(question)
    bad = [a.id for a in question.answers if not a.correct]
    return {"shown": page.context["shown"], f"question-{question.id}": good if right else bad}
