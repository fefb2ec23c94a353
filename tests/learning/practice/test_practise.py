"""Daily practice by its pages: cards from completed modules, three a day, feedback at once, nothing counted twice."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from learning.assignments.services import start_attempt
from learning.assignments.training.services import complete_by_hand
from learning.modules.models import Module
from learning.practice.models import PracticeAnswer, PracticeCard
from learning.quizzes.bank.services import import_questions, retire_question
from learning.quizzes.exchange.gift_reader import read_gift
from learning.quizzes.models import Question
from learning.quizzes.papers import begin_try
from people.services import record_absence
from tests.factories.learning import free_text, give, make_module, question
from tests.factories.practice import answer, complete, form_of, look_again, make_standard, teach

DAY = timedelta(days=1)
QUIZ = [question(f"Q{n}", [("yes", True), ("no", False)]) for n in range(1, 6)]


@pytest.fixture
def rita(cast, sign_in) -> Client:
    return sign_in(cast.rita)


@pytest.fixture
def module(now) -> Module:
    return teach(make_module(now, quiz=QUIZ), make_standard())


def text(response) -> str:
    return response.content.decode()


def cards(person):
    return list(PracticeCard.objects.filter(person=person).in_order())


def test_a_completed_module_is_asked_again_on_the_next_day(cast, now, rita, module):
    assert "No questions yet" in text(rita.get(reverse("practice")))
    complete(rita, cast.rita, module, now)
    look_again(now + timedelta(hours=1))
    assert PracticeCard.objects.count() == 5, "looking again makes no second card"
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        page = text(rita.get(reverse("practice")))
    assert "Nothing to practise today" in page
    assert "The next question comes on Tuesday, 16 June." in page
    with time_machine.travel(now + DAY, tick=False):
        page = text(rita.get(reverse("practice")))
        assert "Question 1 of 3" in page
        assert "You completed “Listening” on 15 June 2026." in page
        today = text(rita.get(reverse("today")))
        assert "3 questions, about two minutes" in today
        assert "Nothing is waiting for you" not in today


def test_the_answer_is_told_at_once_with_its_reason(cast, now, rita, module):
    complete(rita, cast.rita, module, now)
    first, second = cards(cast.rita)[:2]
    with time_machine.travel(now + DAY, tick=False):
        page = text(rita.post(reverse("practice"), form_of(rita, first), follow=True))
        assert "<h1>Right</h1>" in page
        assert "The reason behind Q1" in page
        assert "Name the need" in page
        assert "again in about 2 days" in page
        page = text(rita.post(reverse("practice"), form_of(rita, second, right=False), follow=True))
        assert "Not right this time" in page
        assert "Feedback on no" in page
        assert "again tomorrow" in page
    kept = PracticeAnswer.objects.get(card=first)
    assert (kept.rating, kept.seconds, kept.shared) == (3, 0, False)
    assert kept.content["prompt"] == "Q1"
    assert [standard.key for standard in kept.standards.all()] == ["name-the-need"]


def test_slowly_is_right_but_comes_earlier(cast, now, rita, module):
    complete(rita, cast.rita, module, now)
    first, second, third = cards(cast.rita)[:3]
    assert answer(first, now + DAY, seconds=90).rating == PracticeAnswer.Rating.HARD
    assert answer(second, now + DAY, seconds=9).rating == PracticeAnswer.Rating.GOOD
    left_open = answer(third, now + DAY, seconds=3600)
    assert (left_open.rating, left_open.seconds) == (PracticeAnswer.Rating.GOOD, None)


def test_a_second_click_and_a_second_tab_are_one_answer(cast, now, rita, module):
    complete(rita, cast.rita, module, now)
    card = cards(cast.rita)[0]
    with time_machine.travel(now + DAY, tick=False):
        right, wrong = form_of(rita, card), form_of(rita, card, right=False)
        first, again, other = (rita.post(reverse("practice"), form) for form in (right, right, wrong))
    assert first["Location"] == again["Location"] == other["Location"]
    assert PracticeAnswer.objects.count() == 1
    card.refresh_from_db()
    assert (card.answered, PracticeAnswer.objects.get().right) == (1, True)


def test_three_a_day_where_the_person_is(cast, now, rita, module):
    """Rita's day ends at 22:00 UTC in June."""
    complete(rita, cast.rita, module, now)
    evening = (now + DAY).replace(hour=21, minute=50)
    with time_machine.travel(evening, tick=False):
        for number in (1, 2, 3):
            assert f"Question {number} of 3" in text(rita.get(reverse("practice")))
            rita.post(reverse("practice"), form_of(rita))
        page = text(rita.get(reverse("practice")))
        assert "Done for today" in page
        assert "3 questions answered. That is enough" in page
        assert "You practised on 1 of the last 1 working day" in page
        assert "Daily practice" not in text(rita.get(reverse("today")))
    with time_machine.travel(evening + timedelta(minutes=20), tick=False):
        assert "Question 1 of 2" in text(rita.get(reverse("practice"))), "a new day has begun in Berlin"


def test_an_open_page_cannot_get_round_three_a_day(cast, now, rita, module):
    complete(rita, cast.rita, module, now)
    with time_machine.travel(now + DAY, tick=False):
        fourth = form_of(rita, cards(cast.rita)[0])
        for card in cards(cast.rita)[1:4]:
            answer(card, now + DAY)
        page = text(rita.post(reverse("practice"), fourth, follow=True))
    assert "That was all for today." in page
    assert PracticeAnswer.objects.count() == 3


def test_without_an_answer_the_page_says_what_is_missing(cast, now, rita, module):
    complete(rita, cast.rita, module, now)
    with time_machine.travel(now + DAY, tick=False):
        shown = rita.get(reverse("practice")).context["shown"]
        response = rita.post(reverse("practice"), {"shown": shown})
        assert response.status_code == 422
        assert "Choose an answer." in text(response)
        assert response.context["shown"] == shown, "the clock runs on"
        for forged in ("", "x:y:z"):
            page = text(rita.post(reverse("practice"), {"shown": forged, "question-Q1": "Q1-yes"}, follow=True))
            assert "This page is out of date" in page
        answered = rita.post(reverse("practice"), {"shown": shown, "question-Q1": "nonsense"}, follow=True)
        assert "This page is out of date" in text(answered)
    assert not PracticeAnswer.objects.exists()


def test_another_persons_page_is_no_use(cast, now, rita, module, sign_in):
    complete(rita, cast.rita, module, now)
    with time_machine.travel(now + DAY, tick=False):
        form = form_of(rita, cards(cast.rita)[0])
        page = text(sign_in(cast.ravi).post(reverse("practice"), form, follow=True))
    assert "This page is out of date" in page
    assert not PracticeAnswer.objects.exists()


def test_a_changed_question_is_asked_as_it_reads_now_and_the_answer_keeps_what_was_asked(cast, now, rita, module):
    complete(rita, cast.rita, module, now)
    card = cards(cast.rita)[0]
    answer(card, now + DAY)
    with time_machine.travel(now + 3 * DAY, tick=False):
        form = form_of(rita, card)
        changed = [question("Q1", [("yes, always", True), ("no", False)]), *QUIZ[1:3]]
        module.quiz = json.dumps(changed)
        module.save_revision().publish()
        look_again(now + 3 * DAY)
        card.refresh_from_db()
        page = text(rita.post(reverse("practice"), form, follow=True))
        assert "This question was changed meanwhile" in page
        assert "yes, always" in page
        assert PracticeAnswer.objects.count() == 1
        old = text(rita.get(reverse("practice_answer", args=[PracticeAnswer.objects.get().pk])))
    assert "yes, always" not in old
    gone = PracticeCard.objects.exclude(retired_at=None)
    assert sorted(card.question for card in gone) == [f"{module.pk}:Q4", f"{module.pk}:Q5"]
    module.quiz = json.dumps(QUIZ)
    module.save_revision().publish()
    look_again(now + 3 * DAY)
    assert not PracticeCard.objects.exclude(retired_at=None).exists(), "back in the quiz, back in practice"
    module.unpublish()
    look_again(now + 4 * DAY)
    assert PracticeCard.objects.in_use().count() == 0
    with time_machine.travel(now + 4 * DAY, tick=False):
        assert "This question is not asked any more" in text(rita.get(reverse("practice_mine"), {"which": "resting"}))


def test_what_a_person_marks_is_not_practised(cast, now):
    module = make_module(now, quiz=[QUIZ[0], free_text("Tell me")])
    complete_by_hand(actor=cast.lena, assignment=give(cast.rita, module, now), reason="Seen.", now=now)
    look_again(now)
    assert [card.question for card in cards(cast.rita)] == [f"{module.pk}:Q1"]


def test_questions_drawn_from_the_bank_are_practised_as_they_read_now(cast, now, rita):
    bank = import_questions(actor=None, reading=read_gift(b"// [id:1]\nOld words?{=yes ~no}"), source="gift", now=now)
    assert bank.created == 1
    draw = {"type": "draw", "id": "draw", "value": {"number": 1, "category": "", "tags": ""}}
    module = make_module(now, quiz=[QUIZ[0], draw])
    with time_machine.travel(now, tick=False):
        assignment = give(cast.rita, module, now)
        attempt = start_attempt(actor=cast.rita, assignment=assignment, now=now)
        begin_try(actor=cast.rita, attempt=attempt, now=now)
    complete_by_hand(actor=cast.lena, assignment=assignment, reason="Seen.", now=now)
    look_again(now)
    entry = Question.objects.get()
    assert {card.question for card in cards(cast.rita)} == {f"{module.pk}:Q1", f"bank-{entry.pk}"}
    import_questions(actor=None, reading=read_gift(b"// [id:1]\nNew words?{=yes ~no}"), source="gift", now=now)
    with time_machine.travel(now + DAY, tick=False):
        page = text(rita.get(reverse("practice_mine")))
        assert "New words?" in page
        assert "Old words?" not in page
        card = PracticeCard.objects.get(question=f"bank-{entry.pk}")
        assert answer(card, now + DAY).content["prompt"] == "New words?"
        retire_question(actor=cast.edda, question=entry, now=now)
        look_again(now + DAY)
        card.refresh_from_db()
    assert card.retired_because == "question"


def test_put_aside_with_a_reason_and_brought_back(cast, now, rita, module):
    complete(rita, cast.rita, module, now)
    card = cards(cast.rita)[0]
    aside = reverse("practice_put_aside", args=[card.pk])
    with time_machine.travel(now + DAY, tick=False):
        assert "Q1" in text(rita.get(aside))
        assert rita.post(aside, {"because": "", "note": "?"}).context["form"].errors["because"]
        page = text(rita.post(aside, {"because": "unclear", "note": "Two are right."}, follow=True))
        assert "Put aside." in page
        assert "Q1" not in text(rita.get(reverse("practice")))
        page = text(rita.get(reverse("practice_mine"), {"which": "aside"}))
        assert "The question is unclear or wrong" in page
        assert "Two are right." in page
        rita.post(reverse("practice_bring_back", args=[card.pk]))
        assert cards(cast.rita)[0] == card
        assert "Question 1 of 3" in text(rita.get(reverse("practice")))


def test_a_pause_and_days_away_cost_nothing(cast, now, rita, module, sign_in):
    """Monday the 15th completed; Tuesday practised, Wednesday and Thursday away, Friday paused, Monday practised."""
    complete(rita, cast.rita, module, now)
    answer(cards(cast.rita)[0], now + DAY)
    days = [(now + n * DAY).date() for n in range(10)]
    record_absence(actor=cast.rita, person=cast.rita, starts_on=days[2], until=days[3], now=now)
    with time_machine.travel(now + 4 * DAY, tick=False):
        past = rita.post(reverse("practice_pause"), {"until": days[3].isoformat()})
        assert (past.status_code, "lies in the past" in text(past)) == (422, True)
        rita.post(reverse("practice_pause"), {"until": days[6].isoformat()})
        page = text(rita.get(reverse("practice")))
        assert "Until 21 June 2026 nothing is asked." in page
        assert "Daily practice" not in text(rita.get(reverse("today")))
    with time_machine.travel(now + 7 * DAY, tick=False):
        rita = sign_in(cast.rita)
        for _number in range(3):
            rita.post(reverse("practice"), form_of(rita))
        assert "You practised on 2 of the last 2 working days" in text(rita.get(reverse("practice")))
    with time_machine.travel(now + 9 * DAY, tick=False):
        rita.post(reverse("practice_pause"), {"until": ""})
        rita.post(reverse("practice_pause"), {"until": ""})
        assert "Nothing is asked until you go on." in text(rita.get(reverse("practice")))
        assert "You go on with your practice." in text(rita.post(reverse("practice_go_on"), follow=True))
        assert "Question 1 of" in text(rita.get(reverse("practice")))


def test_pages_ask_few_questions_of_the_database(cast, now, rita, module, django_assert_max_num_queries):
    complete(rita, cast.rita, module, now)
    for card in cards(cast.rita)[:2]:
        answer(card, now + DAY)
    with time_machine.travel(now + DAY, tick=False):
        for name, most in (("practice", 26), ("practice_mine", 26), ("practice_answers", 22)):
            with django_assert_max_num_queries(most):
                assert rita.get(reverse(name)).status_code == 200
