"""Reads for marking, and how the questions of a module do."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString

from learning.assignments.models import Assignment
from learning.assignments.queries import current_attempt
from learning.modules.content import ModuleContent, from_revision, plain_prompt, shown_prompt
from learning.modules.models import Module
from learning.modules.questions.kinds import FreeText, Question
from learning.quizzes import models
from learning.quizzes.analysis import Item, analyse
from learning.quizzes.marking import mark
from learning.quizzes.marks.access import assignments_to_help_with
from learning.quizzes.models import QuizSubmission
from learning.quizzes.queries import asked_on, result_of, standing
from people.models import Person

MOST_TRIES = 3_000
FEWEST_SHOWN = 5


@dataclass(frozen=True)
class Written:
    """One free text that waits: the question, what to look for, and the answer."""

    key: str
    prompt: SafeString
    guidance: str
    answer: str


def written_in(submission: QuizSubmission) -> list[Written]:
    content = from_revision(submission.attempt.revision)
    found = []
    for row in asked_on(submission.paper, content):
        if isinstance(row.question, FreeText):
            answer = next(iter(submission.answers.get(row.question.id, ())), "")
            found.append(Written(row.question.id, shown_prompt(row.question), row.question.guidance, answer))
    return found


def out_of_tries(person: Person, now: datetime, on: date) -> list[Assignment]:
    """Learners of this person who have used all tries and have not passed; the ten longest waiting at most."""
    tried = (
        QuizSubmission.objects.filter(attempt__assignment=OuterRef("pk"), waiting_since=None)
        .order_by()
        .values("attempt__assignment")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = assignments_to_help_with(person, on).filter(state=Assignment.State.STARTED, module__quiz_attempts__gt=0)
    rows = rows.annotate(tries=Coalesce(Subquery(tried), 0)).filter(tries__gte=F("module__quiz_attempts"))
    found: list[Assignment] = []
    for assignment in rows.select_related("person", "module").order_by("assigned_at")[:10]:
        attempt = current_attempt(assignment)
        state = standing(attempt, from_revision(attempt.revision), now) if attempt else None
        if state is not None and state.left == 0 and state.passed is None and state.waiting is None:
            found.append(assignment)
    return found


@dataclass(frozen=True)
class Analysed:
    """One question with its figures. `prompt` in plain words; `inline` where it is written into the module."""

    item: Item
    prompt: str
    inline: bool
    shown: bool


def analysis_of(module: Module) -> list[Analysed]:
    """How each question of a module does: everybody's first try, by its newest marking. The newest 3,000 people."""
    rows = QuizSubmission.objects.filter(attempt__assignment__module=module)
    papers, asked = _first_tries(rows)
    return [
        Analysed(item, asked.get(item.key, item.key), not item.key.startswith("bank-"), item.n >= FEWEST_SHOWN)
        for item in analyse(papers)
    ]


def analysis_of_question(question: models.Question) -> Item | None:
    """How one question of the bank does, wherever it was asked; None before anybody was."""
    papers, _asked = _first_tries(QuizSubmission.objects.filter(answers__has_key=question.paper_key))
    return next((item for item in analyse(papers) if item.key == question.paper_key), None)


def _first_tries(rows: QuerySet[QuizSubmission]) -> tuple[list[dict[str, float]], dict[str, str]]:
    """(shares by question of each person's first try, question id → plain words)."""
    rows = rows.filter(waiting_since=None).select_related("attempt__assignment", "attempt__revision").prefetch_related("marks")
    contents: dict[int, ModuleContent] = {}
    first: dict[int, QuizSubmission] = {}
    for row in rows.order_by("-submitted_at", "-pk")[:MOST_TRIES]:
        first[row.attempt.assignment.person_id] = row  # the oldest of each person comes last and stays
    papers: list[dict[str, float]] = []
    asked: dict[str, str] = {}
    for row in first.values():
        revision = row.attempt.revision
        if revision.pk not in contents:
            contents[revision.pk] = from_revision(revision)
            asked |= {question.id: plain_prompt(question) for question in contents[revision.pk].questions}
        newest = result_of(row).mark
        if newest is not None:
            papers.append({key: _number(share) for key, share in newest.shares.items()})
        else:
            shares = mark(contents[revision.pk], row.answers).shares
            papers.append({key: float(share) for key, share in shares.items()})
    drawn = {key for paper in papers for key in paper if key.startswith("bank-")}
    bank = models.Question.objects.filter(pk__in=[key.removeprefix("bank-") for key in drawn])
    return papers, asked | {question.paper_key: question.prompt for question in bank}


def _number(share: str) -> float:
    over, under = share.split("/")
    return int(over) / int(under)


def inline_question(module: Module, key: str) -> Question | None:
    """A question as the published module asks it now."""
    if module.live_revision is None:
        return None
    return next((row for row in from_revision(module.live_revision).questions if row.id == key), None)
