"""Handing in: once per try, marked on the server against the frozen questions, with the reason afterwards."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from learning.assignments.models import Assignment, Completion
from learning.assignments.queries import lesson_step
from learning.assignments.services import finish_step, start_attempt
from learning.modules.content import from_revision
from learning.quizzes import services
from learning.quizzes.marking import mark
from learning.quizzes.models import QuizSubmission
from learning.quizzes.queries import next_number
from tests.factories.learning import give, make_module, question, quiz_form


@pytest.fixture
def started(cast, now, sign_in):
    assignment = give(cast.rita, make_module(now), now)
    start_attempt(actor=cast.rita, assignment=assignment, now=now)
    return assignment


def post(browser, assignment, data):
    return browser.post(reverse("quiz", args=[assignment.pk]), data, follow=True)


def test_a_second_click_is_the_same_try(cast, sign_in, started):
    rita = sign_in(cast.rita)
    data = quiz_form(started.module, wrong=("Q1", "Q2"))
    first = post(rita, started, data)
    second = post(rita, started, data)
    assert first.redirect_chain == second.redirect_chain
    changed = post(rita, started, quiz_form(started.module, number=1))
    assert "Not yet" in changed.content.decode(), "the first answers of a try stand"
    assert QuizSubmission.objects.count() == 1


def test_an_unanswered_question_is_named_and_nothing_is_lost(cast, sign_in, started):
    data = quiz_form(started.module)
    (removed,) = [key for key in data if key.endswith("-Q1")]
    kept = data["question-Q2"]
    del data[removed]
    response = post(sign_in(cast.rita), started, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "1 question has no answer yet." in page
    assert 'href="#question-1"' in page
    for answer_id in kept:
        assert f'value="{answer_id}" checked' in page
    assert not QuizSubmission.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"question-Q1": ["Q1-yes", "Q1-no"]},
        {"question-Q1": ["not-an-answer"]},
        {"question-Q1": ["Q2-red"]},
        {"number": 7},
        {"number": "²"},
        {"number": ""},
    ],
)
def test_what_no_form_of_ours_sends_is_refused(cast, sign_in, started, change):
    post(sign_in(cast.rita), started, quiz_form(started.module) | change)
    assert not QuizSubmission.objects.exists()


def test_the_page_does_not_give_the_answers_away(cast, sign_in, started):
    page = sign_in(cast.rita).get(reverse("quiz", args=[started.pk])).content.decode()
    for secret in ("The reason behind", "Feedback on", "correct"):
        assert secret not in page


def test_a_failed_try_explains_without_naming_the_right_answer(cast, sign_in, started):
    rita = sign_in(cast.rita)
    page = post(rita, started, quiz_form(started.module, wrong=("Q1",))).content.decode()
    assert "Feedback on no" in page
    assert "Feedback on yes" not in page
    passed = post(rita, started, quiz_form(started.module, number=2)).content.decode()
    assert "Feedback on yes" in passed
    assert "Try 1" in passed
    assert "Try 2" in passed


def test_the_frozen_questions_count_not_the_new_ones(cast, now, sign_in, started):
    module = started.module
    module.quiz = json.dumps([question("Asked since yesterday", [("new", True), ("old", False)])])
    module.save_revision().publish()
    rita = sign_in(cast.rita)
    page = rita.get(reverse("quiz", args=[started.pk])).content.decode()
    assert "Q1" in page
    assert "Asked since yesterday" not in page
    post(rita, started, quiz_form(started.attempts.get().revision))
    assert QuizSubmission.objects.get().passed


def test_a_passed_quiz_is_not_taken_again(cast, sign_in, started):
    rita = sign_in(cast.rita)
    post(rita, started, quiz_form(started.module))
    assert rita.get(reverse("quiz", args=[started.pk])).url == reverse("quiz_result", args=[started.pk, 1])


def test_a_try_that_is_not_there_gives_404(cast, sign_in, started):
    assert sign_in(cast.rita).get(reverse("quiz_result", args=[started.pk, 5])).status_code == 404


# --- Two clicks at the same moment ---------------------------------------------------------------


def naive_submit(*, actor, attempt, number, answers, now, barrier):
    """What a service without lock and without a number from the form does: count, then insert."""
    count = next_number(attempt)
    barrier.wait(timeout=10)
    result = mark(from_revision(attempt.revision), answers)
    number = count if not QuizSubmission.objects.filter(attempt=attempt, number=count).exists() else count + 1
    QuizSubmission.objects.create(
        attempt=attempt,
        number=number,
        answers=answers,
        score_percent=result.score_percent,
        passed=result.passed,
        submitted_at=now,
    )


def race(submit, attempt, cast, now, **extra) -> list[str]:
    """Hand in the same right answers from four connections at once; returns the errors."""
    answers = {q.id: sorted(q.right_ids) for q in from_revision(attempt.revision).questions}

    def run() -> None:
        try:
            submit(actor=cast.rita, attempt=attempt, number=1, answers=answers, now=now, **extra)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        clicks = [pool.submit(run) for _ in range(4)]
    return [repr(click.exception()) for click in clicks if click.exception()]


needs_connections = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="the tests' SQLite lives in memory and has one connection; runs on PostgreSQL"
)


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_four_clicks_at_once_are_one_try_and_one_completion(cast, now):
    attempt = start_attempt(actor=cast.rita, assignment=give(cast.rita, make_module(now), now), now=now)
    for entry in from_revision(attempt.revision).lessons:
        finish_step(actor=cast.rita, attempt=attempt, step=lesson_step(entry.id), now=now)
    assert race(services.submit_quiz, attempt, cast, now) == []
    assert QuizSubmission.objects.count() == 1
    assert Completion.objects.count() == 1
    assert Assignment.objects.get().state == Assignment.State.COMPLETED


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_the_race_catches_a_naive_service(cast, now):
    attempt = start_attempt(actor=cast.rita, assignment=give(cast.rita, make_module(now), now), now=now)
    errors = race(naive_submit, attempt, cast, now, barrier=threading.Barrier(4))
    assert errors or QuizSubmission.objects.count() > 1


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_quiz_and_lesson_at_once_never_wait_for_each_other(cast, now, monkeypatch):
    """Both lock the assignment first. The quiz holds what it locked for a second while the lesson comes in."""
    attempt = start_attempt(actor=cast.rita, assignment=give(cast.rita, make_module(now), now), now=now)
    content = from_revision(attempt.revision)
    answers = {q.id: sorted(q.right_ids) for q in content.questions}
    inside, real = threading.Event(), services.mark_questions

    def slow(*args, **wish):
        inside.set()
        time.sleep(1)
        return real(*args, **wish)

    monkeypatch.setattr(services, "mark_questions", slow)

    def run(verb, **wish) -> None:
        try:
            verb(actor=cast.rita, attempt=attempt, now=now, **wish)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        quiz = pool.submit(run, services.submit_quiz, number=1, answers=answers)
        inside.wait(timeout=10)
        read = pool.submit(run, finish_step, step=lesson_step(content.lessons[0].id))
    assert (quiz.exception(), read.exception()) == (None, None)
    assert QuizSubmission.objects.get().passed
