"""Two tabs, or learner and lead, at the same moment: one paper, one try, one completion, one certificate.

Every verb of a learner locks the assignment first. Each race has a control that sees the fault once that lock is taken away.
"""

from __future__ import annotations

import pytest

from learning.assignments import services as assignments
from learning.assignments.models import Assignment, Attempt, Completion
from learning.assignments.renewals import open_renewals
from learning.assignments.training import services as training
from learning.assignments.training.services import complete_by_hand
from learning.certificates.models import Certificate
from learning.modules.services import publish_module
from learning.quizzes import papers
from learning.quizzes import services as quiz_services
from learning.quizzes.marks import services as marks
from learning.quizzes.marks.services import GivenMark, give_try, mark_by_person
from learning.quizzes.models import ExtraTry, QuizMark, QuizPaper, QuizSubmission
from learning.quizzes.services import submit_quiz
from tests.factories.certificates import certified_module, earn, make_template
from tests.factories.learning import free_text, give, lesson, make_module, question
from tests.learning.races import at_once, meet, needs_row_locks

pytestmark = [needs_row_locks, pytest.mark.django_db(transaction=True)]

RIGHT, WRONG = {"Q1": ["Q1-yes"]}, {"Q1": ["Q1-no"]}
LOCKED_OR_NOT = pytest.mark.parametrize("locks", [True, False], ids=["locked", "control"])


def begun(cast, now, quiz=None, **rules) -> Attempt:
    """Rita has begun; what is missing is the quiz, whose module gives a certificate."""
    fields = {f"quiz_{name}": value for name, value in rules.items()}
    module = make_module(
        now,
        quiz=quiz or [question("Q1", [("yes", True), ("no", False)])],
        lessons=[lesson("One"), lesson("Two")],
        certificate_template=make_template(),
        **fields,
    )
    attempt = assignments.start_attempt(actor=cast.rita, assignment=give(cast.rita, module, now), now=now)
    read(cast, attempt, "One", now)
    return attempt


def read(cast, attempt, title, now):
    return assignments.finish_step(actor=cast.rita, attempt=attempt, step=f"lesson:lesson-{title}", now=now)


def hand_in(cast, attempt, answers, now):
    return submit_quiz(actor=cast.rita, attempt=attempt, number=1, answers=answers, now=now)


@LOCKED_OR_NOT
def test_two_tabs_that_begin_share_one_paper(monkeypatch, cast, now, locks):
    attempt = begun(cast, now, shuffle=True)
    meet(monkeypatch, (papers, "standing", "after"), locks=locks)
    found = at_once(*[lambda: papers.begin_try(actor=cast.rita, attempt=attempt, now=now)] * 2)
    assert found == (["done", "done"] if locks else ["broken", "done"])
    assert QuizPaper.objects.count() == 1


@LOCKED_OR_NOT
def test_of_two_tabs_that_hand_in_one_counts(monkeypatch, cast, now, locks):
    attempt = begun(cast, now, attempts=1)
    papers.save_answers(actor=cast.rita, attempt=attempt, number=1, answers={}, now=now)
    meet(monkeypatch, (quiz_services, "mark_questions", "after"), locks=locks)
    found = at_once(*[lambda a=answers: hand_in(cast, attempt, a, now) for answers in (RIGHT, WRONG)])
    assert found == (["done", "done"] if locks else ["broken", "done"])
    assert (QuizSubmission.objects.count(), QuizMark.objects.count()) == (1, 1)


@LOCKED_OR_NOT
def test_the_last_try_is_not_had_twice_by_beginning_again_in_another_tab(monkeypatch, cast, now, locks):
    """One tab hands the only try in; the other goes over to the newer version and begins its quiz."""
    attempt = begun(cast, now, attempts=1, shuffle=True)
    papers.begin_try(actor=cast.rita, attempt=attempt, now=now)
    module = attempt.assignment.module
    module.summary = "Other words."
    publish_module(actor=None, module=module, now=now)

    def begin_again():
        newer = assignments.restart_attempt(actor=cast.rita, assignment=attempt.assignment, now=now)
        papers.begin_try(actor=cast.rita, attempt=newer, now=now)

    meet(monkeypatch, (quiz_services, "must_be_open", "after"), (papers, "standing", "after"), locks=locks)
    found = at_once(lambda: hand_in(cast, attempt, WRONG, now), begin_again)
    shown = QuizSubmission.objects.count() + QuizPaper.objects.filter(attempt__number=2).count()
    assert (found, shown) == ((["done", "refused"], 1) if locks else (["done", "done"], 2))


@LOCKED_OR_NOT
def test_two_leads_who_give_another_try_give_one(monkeypatch, cast, now, locks):
    attempt = begun(cast, now, attempts=1)
    hand_in(cast, attempt, WRONG, now)
    meet(monkeypatch, (marks, "standing", "after"), locks=locks)
    found = at_once(*[lambda w=who: give_try(actor=w, assignment=attempt.assignment, now=now) for who in (cast.lena, cast.hana)])
    assert found == (["done", "refused"] if locks else ["done", "done"])
    assert ExtraTry.objects.count() == (1 if locks else 2)


@LOCKED_OR_NOT
def test_the_last_two_steps_at_once_complete_once(monkeypatch, cast, now, locks):
    """Without the lock neither sees the other's step, and nobody ever completes.

    Noting where to resume writes the attempt's row, which happens to hold the second one too: the control does without.
    """
    attempt = begun(cast, now)
    papers.save_answers(actor=cast.rita, attempt=attempt, number=1, answers={}, now=now)
    if not locks:
        monkeypatch.setattr(Attempt, "save", lambda self, **_wish: None)
    meet(monkeypatch, (assignments, "complete_if_ready", "after"), locks=locks)
    found = at_once(lambda: read(cast, attempt, "Two", now), lambda: hand_in(cast, attempt, RIGHT, now))
    assert found == ["done", "done"]
    once = 1 if locks else 0
    assert (Completion.objects.count(), Certificate.objects.count()) == (once, once)


@LOCKED_OR_NOT
def test_the_learner_and_the_lead_complete_once(monkeypatch, cast, now, locks):
    attempt = begun(cast, now)
    hand_in(cast, attempt, RIGHT, now)
    meet(monkeypatch, *[(room, "write_completion", "before") for room in (assignments, training)], locks=locks)
    found = at_once(
        lambda: read(cast, attempt, "Two", now),
        lambda: complete_by_hand(actor=cast.lena, assignment=attempt.assignment, reason="Seen.", now=now),
    )
    # Who comes second finds it done: the learner is let through, the lead is told.
    assert found in ([["done", "done"], ["done", "refused"]] if locks else [["broken", "done"]])
    assert (Completion.objects.count(), Certificate.objects.count()) == (1, 1)


@LOCKED_OR_NOT
def test_of_two_people_who_mark_one_counts(monkeypatch, cast, now, locks):
    attempt = begun(cast, now, [free_text("Tell")])
    submission = hand_in(cast, attempt, {"Tell": ["So."]}, now)

    def mark(who, percent):
        return mark_by_person(actor=who, submission=submission, marks={"Tell": GivenMark(percent, "")}, now=now)

    meet(monkeypatch, (marks, "mark_questions", "after"), locks=locks)
    found = at_once(lambda: mark(cast.lena, 100), lambda: mark(cast.hana, 0))
    assert found == (["done", "refused"] if locks else ["broken", "done"])
    assert QuizMark.objects.count() == 2, "by the key at first, and by one person"


def test_two_runs_open_a_renewal_once(cast, now):
    """Kept by the unique cause, not by a lock."""
    certificate = earn(cast.rita, certified_module(now), now)
    later = now.replace(year=now.year + 1)
    assert at_once(*[lambda: open_renewals(now=later)] * 2) == ["done", "done"]
    assert Assignment.objects.filter(cycle=2, cause__contains=f":{certificate.pk}").count() == 1
