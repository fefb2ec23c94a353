"""A mastery run: begun, answered question by question, ended by the rule in `learning.quizzes.mastery`."""

import random
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from learning.modules.questions.answers import is_answered
from learning.modules.questions.marking import mark_question
from learning.quizzes import mastery
from learning.quizzes.answers import checked
from learning.quizzes.errors import QuizError, QuizIncomplete
from learning.quizzes.mastering.queries import askable, tally
from learning.quizzes.models import MasteryAnswer, MasteryRun, QuestionVersion
from people.audit import record
from people.models import Person


@transaction.atomic
def begin_run(*, actor: Person, category: str, now: datetime) -> MasteryRun:
    """A run with its first question; the running one where there is one. Raises QuizError with too few questions."""
    running = MasteryRun.objects.filter(person=actor, category=category, finished_at=None).first()
    if running is not None:
        return running
    if askable().filter(category=category).count() < mastery.FEWEST:
        raise QuizError(_("This category has too few questions to tell. Choose another one."))
    try:
        with transaction.atomic():
            run = MasteryRun.objects.create(person=actor, category=category, started_at=now)
    except IntegrityError:  # a second click was faster
        return MasteryRun.objects.get(person=actor, category=category, finished_at=None)
    _ask_next(run, 1)
    record(actor=actor, verb="mastery.begin", target=run, subject=actor, now=now)
    return run


@transaction.atomic
def answer_run(*, actor: Person, run: MasteryRun, number: int, sent: Sequence[str], now: datetime) -> MasteryRun:
    """Mark question `number` and ask the next one, or end the run. A question answered before stays as it was.

    Raises QuizIncomplete without a whole answer and QuizError for what no page of ours sends.
    """
    run = MasteryRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    row = run.answers.select_related("version").filter(number=number).first()
    if row is None:
        raise QuizError(_("This page is out of date. Open it again."))
    if row.right is not None:
        return run
    question = row.version.question_as_asked
    given = checked(question, sent)
    if not is_answered(question, given):
        raise QuizIncomplete([question.id])
    row.answer, row.right, row.answered_at = given, mark_question(question, given).right, now
    row.save(update_fields=["answer", "right", "answered_at"])
    right, asked = tally(run)
    found = mastery.verdict(right, asked)
    if found == "go_on" and not _ask_next(run, number + 1):
        found = "nearly"  # no further question is left to make it clear
    if found != "go_on":
        run.verdict, run.finished_at = found, now
        run.save(update_fields=["verdict", "finished_at"])
        record(actor=actor, verb="mastery.end", target=run, subject=actor, now=now)
    return run


def _ask_next(run: MasteryRun, number: int) -> bool:
    """Put the next question: one this run has not asked, of those this person has met least. Was there one?"""
    asked = run.answers.values("version__question")
    met = Count("versions__mastery_answers", filter=Q(versions__mastery_answers__run__person=run.person))
    rows = list(askable().filter(category=run.category).exclude(pk__in=asked).annotate(met=met).values_list("pk", "met"))
    if not rows:
        return False
    random.SystemRandom().shuffle(rows)
    chosen = min(rows, key=lambda row: row[1])[0]
    version = QuestionVersion.objects.filter(question=chosen).latest("number")
    MasteryAnswer.objects.create(run=run, number=number, version=version)
    return True
