"""Reads of mastery runs."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from learning.modules.questions import kinds
from learning.quizzes import mastery
from learning.quizzes.mastering.access import runs_visible_to
from learning.quizzes.models import MasteryAnswer, MasteryRun, Question
from people.models import Person


@dataclass(frozen=True)
class Category:
    """A category with enough questions, and this person's newest run in it."""

    name: str
    questions: int
    run: MasteryRun | None


def askable() -> QuerySet[Question]:
    """What can be marked at once: everything in use but free text."""
    return Question.objects.filter(retired_at=None).exclude(kind="free").exclude(category="")


def categories_for(person: Person) -> list[Category]:
    """Those with at least as many questions as a run needs, by name. Two queries."""
    counts = askable().order_by("category").values_list("category").annotate(n=Count("pk"))
    newest = {run.category: run for run in runs_visible_to(person).order_by("started_at", "pk")}
    return [Category(name, n, newest.get(name)) for name, n in counts if n >= mastery.FEWEST]


def tally(run: MasteryRun) -> tuple[int, int]:
    """(right, answered)"""
    done = list(MasteryAnswer.objects.filter(run=run).exclude(right=None).values_list("right", flat=True))
    return sum(map(bool, done)), len(done)


def current(run: MasteryRun) -> MasteryAnswer | None:
    """The question that waits for its answer."""
    return run.answers.filter(right=None).select_related("version").first()


def latest(run: MasteryRun) -> MasteryAnswer | None:
    """The one answered last."""
    return run.answers.exclude(right=None).select_related("version").last()


def mixed(waiting: MasteryAnswer, question: kinds.Question) -> tuple[str, ...]:
    """The answers to choose among, in an order of this run's own that stays when the page is opened again."""
    ids = [answer.id for answer in question.answers] if isinstance(question, kinds.Choice) else []
    return tuple(sorted(ids, key=lambda id: kinds.part_id(str(waiting.pk), id)))
