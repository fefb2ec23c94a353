"""Reads of assignments, progress and completions, ready for a screen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from learning.assignments.access import team_assignments_visible_to
from learning.assignments.models import (
    LESSON_STEP_PREFIX,
    PACKAGE_STEP,
    QUIZ_STEP,
    Assignment,
    AssignmentQuerySet,
    Attempt,
    Completion,
    PastTraining,
)
from learning.modules.content import ModuleContent, from_revision
from learning.modules.models import Module
from learning.modules.translations import read_translations
from people.models import Person


@dataclass(frozen=True)
class Criterion:
    """One thing that completion needs: met or not, what to do about it, and what is known of it in plain words (`facts`)."""

    key: str
    label: str
    met: bool
    hint: str = ""
    lesson_number: int | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class CompletionExplained:
    """Why an assignment is, or is not, complete: every criterion by itself."""

    criteria: tuple[Criterion, ...]
    completed_at: datetime | None

    @property
    def ready(self) -> bool:
        return bool(self.criteria) and all(criterion.met for criterion in self.criteria)

    @property
    def missing(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if not criterion.met)

    @property
    def met_count(self) -> int:
        return len(self.criteria) - len(self.missing)


@dataclass(frozen=True)
class Progress:
    """An assignment with its current attempt, for the learner's own lists."""

    assignment: Assignment
    attempt: Attempt | None
    done: int
    total: int
    minutes_left: int
    overdue: bool
    closed: bool = False


def lesson_step(lesson_id: str) -> str:
    return f"{LESSON_STEP_PREFIX}{lesson_id}"


def current_attempt(assignment: Assignment) -> Attempt | None:
    """The latest attempt, with its revision."""
    return assignment.attempts.select_related("revision").order_by("-number").first()


def criteria_of(attempt: Attempt, content: ModuleContent) -> tuple[Criterion, ...]:
    """The one place that says what completing needs: every lesson finished, the package and the quiz passed where there is one."""
    done = set(attempt.steps.values_list("step", flat=True))
    criteria = [
        Criterion(
            key=lesson_step(lesson.id),
            label=_("Lesson %(number)s: %(title)s") % {"number": number, "title": lesson.title},
            met=lesson_step(lesson.id) in done,
            hint=_("Read it to the end and press “Finish lesson”."),
            lesson_number=number,
        )
        for number, lesson in enumerate(content.lessons, start=1)
    ]
    if content.package_digest:
        criteria.append(
            Criterion(
                key=PACKAGE_STEP,
                label=_("Training package"),
                met=PACKAGE_STEP in done,
                hint=_("Open it and work through it until it says that you are done."),
            )
        )
    if content.has_quiz:
        criteria.append(
            Criterion(
                key=QUIZ_STEP,
                label=_("Quiz with at least %(percent)s %% right") % {"percent": content.pass_mark},
                met=QUIZ_STEP in done,
                hint=_("Take the quiz.")
                if content.rules.attempts
                else _("Take the quiz. You can repeat it as often as you like."),
            )
        )
    return tuple(criteria)


def completion_explained(assignment: Assignment) -> CompletionExplained:
    """Criterion by criterion, why this assignment is or is not complete.

    A completed one is explained by the criteria stored with its completion, not by today's rules.
    """
    completion = Completion.objects.filter(assignment=assignment).first()
    if completion is not None:
        stored = tuple(Criterion(c["key"], c["label"], c["met"]) for c in completion.criteria)
        return CompletionExplained(stored, completion.completed_at)
    attempt = current_attempt(assignment)
    if attempt is None:
        start = Criterion("start", _("Start the module"), met=False, hint=_("Press “Start” to begin with the first lesson."))
        return CompletionExplained((start,), None)
    criteria = criteria_of(attempt, from_revision(attempt.revision))
    return CompletionExplained(tuple(_with_facts(attempt, criterion) for criterion in criteria), None)


Explainer = Callable[[Attempt], tuple[str, ...]]
_explainers: dict[str, Explainer] = {}


def register_explainer(step: str, explainer: Explainer) -> None:
    """A room above tells what it knows of a step that is not finished, when it starts: learner and lead read it with the criterion."""
    _explainers[step] = explainer


def _with_facts(attempt: Attempt, criterion: Criterion) -> Criterion:
    explainer = _explainers.get(criterion.key)
    return criterion if criterion.met or explainer is None else replace(criterion, facts=explainer(attempt))


def newer_revision_of(attempt: Attempt) -> bool:
    """Has the module been published again since this attempt began?"""
    return attempt.assignment.module.live_revision_id not in (None, attempt.revision_id)


def open_assignments_for(person: Person, now: datetime) -> list[Progress]:
    """What the person has to learn, the most urgent first. Two queries, and one for progress."""
    return _with_progress(Assignment.objects.open().filter(person=person).in_order_of_due(), timezone.localdate(now))


def _with_progress(assignments: QuerySet[Assignment], today: date) -> list[Progress]:
    rows = list(
        assignments.select_related("module", "assigned_by", "person", "module__live_revision").prefetch_related(
            "module__standards"
        )
    )
    counted = Attempt.objects.filter(assignment__in=rows).select_related("revision").annotate(done=Count("steps"))
    attempts = {attempt.assignment_id: attempt for attempt in counted.order_by("number")}
    result = []
    for row in rows:
        attempt = attempts.get(row.pk)
        revision = attempt.revision if attempt else row.module.live_revision
        content = from_revision(revision) if revision else None
        total = content.step_count if content else 0
        minutes = content.estimated_minutes if content else row.module.estimated_minutes
        done = min(attempt.done, total) if attempt else 0
        left = max(1, round(minutes * (total - done) / total)) if total else minutes
        result.append(Progress(row, attempt, done, total, left, row.is_overdue(today), row.is_closed(today)))
    return result


def open_assignment_counts(people: Iterable[Person], now: datetime) -> dict[int, dict[str, int]]:
    """Per person id: how many assignments are open, and how many of those overdue. One query.

    People without any are 0, and so is who has no account in use: nobody is waiting for them.
    """
    ids = [person.pk for person in people]
    today = timezone.localdate(now)
    rows = (
        Assignment.objects.open()
        .filter(person__in=ids, person__is_active=True)
        .order_by()
        .values("person_id")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today)))
    )
    counts = {pk: {"open": 0, "overdue": 0} for pk in ids}
    for row in rows:
        counts[row["person_id"]] = {"open": row["open"], "overdue": row["overdue"]}
    return counts


def people_who_did(module_id: int) -> QuerySet[Any, Any]:
    """Ids of everybody who ever completed the module, here or before, in whatever language, as a subquery."""
    same = read_translations().same_as([module_id])
    here = Completion.objects.filter(module_id__in=same).order_by().values_list("person_id", flat=True)
    before = PastTraining.objects.filter(module_id__in=same).order_by().values_list("person_id", flat=True)
    return Person.objects.filter(Q(pk__in=here) | Q(pk__in=before)).order_by().values_list("pk", flat=True)


def modules_done(person: Person, module_ids: Iterable[int]) -> dict[int, date]:
    """Of these modules the ones this person has completed, here or before, with the day of the first time.

    A module is completed, too, where it was completed in another language.
    """
    ids = list(module_ids)
    if not ids:
        return {}
    translations = read_translations()
    same = translations.same_as(ids)
    days: dict[int, date] = {}  # by original

    def note(module_id: int, day: date) -> None:
        original = translations.original_of(module_id)
        days[original] = min(day, days.get(original, day))

    for module_id, at in (
        Completion.objects.filter(person=person, module_id__in=same).order_by().values_list("module_id", "completed_at")
    ):
        note(module_id, timezone.localdate(at))
    for row in PastTraining.objects.filter(person=person, module_id__in=same):
        if row.module_id is not None:
            note(row.module_id, row.completed_on)
    return {pk: days[original] for pk in ids if (original := translations.original_of(pk)) in days}


def done_since(person: Person, module_ids: Iterable[int], since: datetime) -> set[int]:
    """Of these modules, exactly as they are, the ones this person has completed since then, here or before."""
    ids = list(module_ids)
    here = Completion.objects.filter(person=person, module_id__in=ids, completed_at__gte=since).order_by()
    before = PastTraining.objects.filter(person=person, module_id__in=ids, completed_on__gte=timezone.localdate(since)).order_by()
    return {*here.values_list("module_id", flat=True), *(pk for pk in before.values_list("module_id", flat=True) if pk)}


def modules_done_by(people: Iterable[Person], module_ids: Iterable[int]) -> dict[int, set[int]]:
    """Per person id: which of these modules they have completed, here or before, in whatever language. Three queries."""
    ids, wanted, translations = [person.pk for person in people], list(module_ids), read_translations()
    same = translations.same_as(wanted)
    originals: dict[int, set[int]] = {pk: set() for pk in ids}
    for model in (Completion, PastTraining):
        rows = model._default_manager.filter(person__in=ids, module__in=same).order_by()
        for person_id, module_id in rows.values_list("person_id", "module_id").distinct():
            originals[person_id].add(translations.original_of(module_id))
    return {pk: {one for one in wanted if translations.original_of(one) in done} for pk, done in originals.items()}


def missing_prerequisites(person: Person, module: Module) -> list[Module]:
    """The published modules that must be completed before this one and are not, by title."""
    return [before for before, done_on in prerequisites_of(person, module) if done_on is None]


def prerequisites_of(person: Person, module: Module) -> list[tuple[Module, date | None]]:
    """The published modules that come before this one, by title, each with the day this person completed it, if they have."""
    needed = sorted(module.prerequisites.filter(live=True), key=lambda before: before.title)
    done = modules_done(person, [before.pk for before in needed]) if needed else {}
    return [(before, done.get(before.pk)) for before in needed]


def past_trainings_of(person: Person) -> QuerySet[PastTraining]:
    """What this person learnt before or elsewhere, the latest first."""
    return PastTraining.objects.filter(person=person).select_related("module").defer("module__lessons", "module__quiz")


def completions_of(person: Person) -> QuerySet[Completion]:
    """What the person has completed, the latest first."""
    return Completion.objects.filter(person=person).select_related("module", "assignment", "revision")


def seconds_learnt(person: Person) -> int:
    """Active learning time of all completed modules, in seconds."""
    return Completion.objects.filter(person=person).aggregate(total=Sum("seconds"))["total"] or 0


def states_of_modules(person: Person, module_ids: Iterable[int]) -> dict[int, Assignment]:
    """For the catalogue: this person's most telling assignment per module (open before completed; not withdrawn).

    One in another language stands for it too: `assignment.module` says which it is.
    """
    wanted, translations = list(module_ids), read_translations()
    found: dict[int, Assignment] = {}  # by original
    mine = Assignment.objects.filter(person=person, module_id__in=translations.same_as(wanted))
    mine = mine.exclude(state=Assignment.State.WITHDRAWN).select_related("module").defer("module__lessons", "module__quiz")
    for assignment in mine.order_by("assigned_at", "pk"):
        original = translations.original_of(assignment.module_id)
        kept = found.get(original)
        if kept is None or not kept.is_open:
            found[original] = assignment
    return {pk: found[original] for pk in wanted if (original := translations.original_of(pk)) in found}


def team_assignments(
    viewer: Person,
    now: datetime,
    *,
    search: str = "",
    state: str = "",
    person: Person | None = None,
    module_id: int | None = None,
) -> QuerySet[Assignment]:
    """The assignments of the viewer's people: overdue first, then open by due date, then the rest.

    Of somebody whose account is switched off only what is completed or withdrawn: the rest is no work any more.

    `state` is one of Assignment.State, or "due" (open or started), "overdue", "closed" (can no longer be taken) or "asked"
    (of those the ones whose learner asks for more time).
    """
    today = timezone.localdate(now)
    rows: AssignmentQuerySet = team_assignments_visible_to(viewer, today).select_related(
        "person", "module", "assigned_by", "completion"
    )
    rows = rows.exclude(state__in=Assignment.OPEN_STATES, person__is_active=False).defer("module__lessons", "module__quiz")
    for word in search.split()[:8]:
        rows = rows.filter(Q(person__display_name__icontains=word) | Q(module__title__icontains=word))
    if state == "due":
        rows = rows.open()
    elif state == "overdue":
        rows = rows.overdue(today)
    elif state == "closed":
        rows = rows.closed(today)
    elif state == "asked":
        rows = rows.open().exclude(more_time_asked_at=None)
    elif state:
        rows = rows.filter(state=state)
    if person is not None:
        rows = rows.filter(person=person)
    if module_id is not None:
        rows = rows.filter(module_id=module_id)
    rank = Case(
        When(state__in=Assignment.OPEN_STATES, due_on__lt=today, then=Value(0)),
        When(state__in=Assignment.OPEN_STATES, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.annotate(rank=rank).order_by("rank", "due_on", "-assigned_at", "-pk")


@dataclass(frozen=True)
class ResumePoint:
    """Where the learner goes on: a lesson by number, the package, the quiz, or nowhere (all is done)."""

    lesson_number: int | None = None
    quiz: bool = False
    package: bool = False


def resume_point(attempt: Attempt, content: ModuleContent) -> ResumePoint:
    """The step the learner was sent to last, unless it is finished; then the first one that is not."""
    missing = [criterion for criterion in criteria_of(attempt, content) if not criterion.met]
    if not missing:
        return ResumePoint()
    target = next((criterion for criterion in missing if criterion.key == attempt.last_step), missing[0])
    return ResumePoint(target.lesson_number, quiz=target.key == QUIZ_STEP, package=target.key == PACKAGE_STEP)


def step_after(content: ModuleContent, lesson_number: int) -> str:
    """The step that follows a lesson: the next lesson, the package, the quiz, or "" at the end."""
    if lesson_number < len(content.lessons):
        return lesson_step(content.lessons[lesson_number].id)
    if content.package_digest:
        return PACKAGE_STEP
    return QUIZ_STEP if content.has_quiz else ""


def minutes_left(content: ModuleContent, criteria: Sequence[Criterion]) -> int:
    """The editor's estimate for the steps that are left, at least 1 while one is; in minutes."""
    left = sum(not criterion.met for criterion in criteria)
    return max(1, round(content.estimated_minutes * left / len(criteria))) if left else 0


def has_assignments_below(page: Page) -> bool:
    """Does any assignment, or past training, point to this page or one below it?"""
    below = {"module__path__startswith": page.path}
    return Assignment.objects.filter(**below).exists() or PastTraining.objects.filter(**below).exists()
