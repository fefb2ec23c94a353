"""Who marks free text, gives another try, and reads how questions do.

A lead marks what their people wrote, the head everybody's. Editors mark too, without being shown whose it is.
Nobody marks their own.
"""

from datetime import date

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.assignments.access import people_assignable_by, team_assignments_visible_to
from learning.assignments.models import Assignment
from learning.quizzes.models import QuizSubmission
from people.access import people_led_by
from people.models import Person, Role


def can_mark(person: Person) -> Decision:
    if person.has_role(Role.LEAD, Role.HEAD, Role.EDITOR):
        return ALLOWED
    return denied(_("Team leads, editors and the head of support mark what people write in a quiz."))


def submissions_to_mark(person: Person, on: date) -> QuerySet[QuizSubmission]:
    """What waits for this person, longest first."""
    if not can_mark(person):
        return QuizSubmission.objects.none()
    rows = QuizSubmission.objects.filter(waiting_since__isnull=False).exclude(attempt__assignment__person=person)
    if not person.has_role(Role.EDITOR, Role.HEAD):
        rows = rows.filter(attempt__assignment__person__in=people_led_by(person, on).values("pk"))
    return rows.select_related(
        "attempt__assignment__person", "attempt__assignment__module", "attempt__revision", "paper"
    ).order_by("waiting_since", "pk")


def get_submission_to_mark(person: Person, pk: int, on: date) -> QuizSubmission:
    """One that waits for this person; 404 where it does not (any more), 403 for who marks nothing."""
    can_mark(person).or_403()
    submission = submissions_to_mark(person, on).filter(pk=pk).first()
    if submission is None:
        raise Http404
    return submission


def people_named_to(person: Person, on: date) -> set[int]:
    """Whose names this person is shown beside their answers."""
    return set(people_led_by(person, on).values_list("pk", flat=True))


def assignments_to_help_with(person: Person, on: date) -> QuerySet[Assignment]:
    """Assignments of the people this person may give another try."""
    return team_assignments_visible_to(person, on).filter(person__in=people_assignable_by(person, on).values("pk"))


def get_assignment_to_help_with(person: Person, pk: int, on: date) -> Assignment:
    """One of them; 403 for who helps nobody, 404 where it is none of theirs."""
    can_mark(person).or_403()
    assignment = assignments_to_help_with(person, on).filter(pk=pk).first()
    if assignment is None:
        raise Http404
    return assignment


def can_read_analysis(person: Person) -> Decision:
    if person.has_role(Role.EDITOR, Role.HEAD):
        return ALLOWED
    return denied(_("How questions do is for editors and the head of support."))
