"""Beginning a try and saving what was answered so far. A try's questions, order and deadline are made here, on the server.

Every verb locks the assignment first and alone, as all verbs of a learner do: two tabs share one paper.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learning.assignments.models import Assignment, Attempt
from learning.assignments.services import lock_assignment
from learning.modules.content import ModuleContent, from_revision
from learning.modules.questions import kinds
from learning.modules.questions.answers import kept
from learning.modules.questions.rules import Draw
from learning.quizzes.errors import QuizClosed, QuizError
from learning.quizzes.models import PaperQuestion, Question, QuestionVersion, QuizPaper
from learning.quizzes.queries import asked_on, must_begin, next_number, standing
from people.audit import record
from people.models import Person

Answers = Mapping[str, Sequence[str]]


@transaction.atomic
def begin_try(*, actor: Person, attempt: Attempt, rng: random.Random | None = None, now: datetime) -> QuizPaper:
    """The paper of the next try; the one that runs already where there is one (a second click, a second tab).

    `rng` draws and shuffles; None takes the system's. Raises QuizError where no try may begin now, or where the time of
    the running one is over (it has to be handed in first).
    """
    attempt = locked(attempt)
    content = from_revision(attempt.revision)
    must_be_open(attempt)
    state = standing(attempt, content, now)
    if state.running is not None:
        return state.running
    must_be_in_time(attempt, now)
    may_try(attempt, content, now)
    return make_paper(actor=actor, attempt=attempt, content=content, rng=rng, now=now)


@transaction.atomic
def save_answers(*, actor: Person, attempt: Attempt, number: int, answers: Answers, now: datetime) -> QuizPaper:
    """Keep what was answered so far, so that nothing typed is lost; it counts where the time runs out.

    What cannot be an answer is left out. Where no paper was needed to show the questions, the try begins now. A last day that
    has passed is no reason to throw away what somebody has written: the lead may give more time. Raises QuizError where this try is not the running one or its time is over.
    """
    attempt = locked(attempt)
    content = from_revision(attempt.revision)
    must_be_open(attempt)
    paper = paper_for(actor=actor, attempt=attempt, content=content, number=number, now=now)
    if paper.is_over(now):
        raise QuizError(_("The time is over. What was saved until then counts: hand it in."))
    paper.saved = {row.question.id: kept(row.question, answers.get(row.question.id, ())) for row in asked_on(paper, content)}
    paper.saved_at = now
    paper.save(update_fields=["saved", "saved_at"])
    return paper


def locked(attempt: Attempt) -> Attempt:
    """The attempt as it is now, its assignment held until the end of the transaction."""
    lock_assignment(attempt.assignment)
    return Attempt.objects.select_related("assignment__person", "revision").get(pk=attempt.pk)


def must_be_open(attempt: Attempt) -> None:
    if attempt.assignment.state != Assignment.State.STARTED:
        raise QuizError(_("This module is not open any more. Take it again from the catalogue."))
    must_be_newest(attempt)


def must_be_newest(attempt: Attempt) -> None:
    if attempt.assignment.attempts.filter(number__gt=attempt.number).exists():
        raise QuizError(_("You began again on a newer version. Take its quiz instead."))


def must_be_in_time(attempt: Attempt, at: datetime) -> None:
    """Raises QuizClosed where the last day of the module, as the learner counts days, lay before `at`."""
    assignment = attempt.assignment
    if assignment.is_closed(timezone.localdate(at, ZoneInfo(assignment.person.time_zone))):
        raise QuizClosed(_("The last day for this module has passed. What you typed is kept: with more time you go on with it."))


def may_try(attempt: Attempt, content: ModuleContent, now: datetime) -> None:
    """Raises QuizError where the rules of the quiz allow no further try now."""
    state = standing(attempt, content, now)
    if state.passed is not None:
        raise QuizError(_("You have passed this quiz already; its result stays."))
    if state.waiting is not None:
        raise QuizError(_("Your last try waits to be marked by a person. You can try again when you know the result."))
    if state.left == 0:
        raise QuizError(_("You have used all tries of this quiz. Ask your team lead for another one."))
    if state.wait_until is not None:
        until = date_format(timezone.localtime(state.wait_until), "j F, H:i")
        raise QuizError(
            _("There is a pause between two tries: read the lessons again. You can try from %(until)s on.") % {"until": until}
        )


def paper_for(*, actor: Person, attempt: Attempt, content: ModuleContent, number: int, now: datetime) -> QuizPaper:
    """The running paper with this number; a new one where the page needed none. Raises QuizError."""
    if number != next_number(attempt):
        raise QuizError(_("This page is out of date. Open the quiz again."))
    paper = QuizPaper.objects.filter(attempt=attempt, number=number).first()
    if paper is not None:
        return paper
    if must_begin(content):
        raise QuizError(_("Begin the quiz first: its questions are chosen then."))
    may_try(attempt, content, now)
    return make_paper(actor=actor, attempt=attempt, content=content, rng=None, now=now)


def make_paper(*, actor: Person, attempt: Attempt, content: ModuleContent, rng: random.Random | None, now: datetime) -> QuizPaper:
    rng = rng or random.SystemRandom()
    rules, person = content.rules, attempt.assignment.person
    drawn: list[QuestionVersion] = []
    for draw in content.draws:
        drawn += draw_questions(draw, person, [version.question_id for version in drawn], rng)
    rows: list[tuple[kinds.Question, QuestionVersion | None]] = [(question, None) for question in content.questions]
    rows += [(version.question_as_asked, version) for version in drawn]
    if not rows:
        raise QuizError(_("The question bank has no question for this quiz at the moment. Tell your team lead or an editor."))
    if rules.shuffle:
        rng.shuffle(rows)
    minutes = rules.time_limit_minutes
    paper = QuizPaper.objects.create(
        attempt=attempt,
        number=next_number(attempt),
        started_at=now,
        deadline=now + timedelta(minutes=minutes) if minutes else None,
        grace_seconds=rules.grace_seconds,
    )
    PaperQuestion.objects.bulk_create(
        PaperQuestion(
            paper=paper,
            position=position,
            key=question.id,
            version=version,
            order=_shuffled_parts(question, rng) if rules.shuffle else [],
        )
        for position, (question, version) in enumerate(rows, start=1)
    )
    record(
        actor=actor,
        verb="quiz.begin",
        target=paper,
        subject=person,
        after={"attempt": attempt.pk, "number": paper.number, "questions": len(rows)},
        now=now,
    )
    return paper


def draw_questions(draw: Draw, person: Person, taken: Sequence[int], rng: random.Random) -> list[QuestionVersion]:
    """Up to `number` questions that fit, none of `taken`: those this person has never seen first, then those seen least."""
    fitting = Question.objects.filter(retired_at=None).exclude(pk__in=taken)
    if draw.category:
        fitting = fitting.filter(Q(category=draw.category) | Q(category__startswith=f"{draw.category}/"))
    for tag in draw.tags:
        fitting = fitting.filter(pk__in=Question.objects.filter(tags__name=tag).values("pk"))
    mine = Q(versions__paper_questions__paper__attempt__assignment__person=person)
    seen = Count("versions__paper_questions", filter=mine)
    rows = list(fitting.annotate(seen=seen).order_by("pk").values_list("pk", "seen"))
    rng.shuffle(rows)
    rows.sort(key=lambda row: row[1])
    wanted = [pk for pk, _seen in rows[: draw.number]]
    newest = {version.question_id: version for version in QuestionVersion.objects.filter(question__in=wanted).order_by("number")}
    return [newest[pk] for pk in wanted]


def _shuffled_parts(question: kinds.Question, rng: random.Random) -> list[str]:
    """The ids of what is chosen among, in random order; the other kinds are mixed already."""
    parts = [answer.id for answer in question.answers] if isinstance(question, kinds.Choice) else []
    rng.shuffle(parts)
    return parts
