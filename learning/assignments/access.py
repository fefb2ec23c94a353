"""Who may see which assignment, and who may do what to it.

Everybody sees their own; a lead those of the teams they lead today; the head all. Only the learner learns.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.assignments.models import Assignment, AssignmentQuerySet, Attempt, Completion
from learning.modules.models import Module
from people.access import people_visible_to
from people.models import Person, Role
from people.uploads import Upload, find_upload


def assignments_visible_to(person: Person, on: date) -> AssignmentQuerySet:
    return Assignment.objects.filter(person__in=people_visible_to(person, on).values("pk"))


def team_assignments_visible_to(person: Person, on: date) -> AssignmentQuerySet:
    """Those of other people: what the lead's list shows."""
    return assignments_visible_to(person, on).exclude(person=person)


def completions_visible_to(person: Person, on: date) -> QuerySet[Completion]:
    return Completion.objects.filter(person__in=people_visible_to(person, on).values("pk"))


def get_assignment_for(person: Person, pk: int, on: date) -> Assignment:
    """An assignment this person may read; 404 where it is not theirs to know."""
    assignment = (
        assignments_visible_to(person, on).select_related("person", "module", "assigned_by", "completion").filter(pk=pk).first()
    )
    if assignment is None:
        raise Http404
    assignment.looked_at_on = on
    return assignment


def get_attempt_of(assignment: Assignment, number: int | None = None) -> Attempt:
    """The attempt with this number, or the current one; 404 where the learner has not started it."""
    attempts = assignment.attempts.select_related("assignment__module", "revision").order_by("-number")
    attempt = (attempts if number is None else attempts.filter(number=number)).first()
    if attempt is None:
        raise Http404
    return attempt


def can_learn(person: Person, assignment: Assignment, *, begun: bool = False) -> Decision:
    """May this person take the lessons and the quiz of this assignment?

    `begun`: they send what they began before. The service then says whether it was in time, and loses none of it.
    """
    if assignment.person_id != person.pk:
        return denied(_("Only %(name)s can take this module: it is their assignment.") % {"name": assignment.person})
    if assignment.state == Assignment.State.WITHDRAWN:
        return denied(_("This assignment was withdrawn. You can take the module by your own choice from the catalogue."))
    looked_at, until = assignment.looked_at_on, assignment.access_until
    if not begun and looked_at is not None and until is not None and assignment.is_closed(looked_at):
        return denied(
            _("This module could be taken until %(day)s. Open the assignment: there you can ask for more time or take it anew.")
            % {"day": date_format(until, "j F Y")}
        )
    return ALLOWED


def can_ask_for_more_time(person: Person, assignment: Assignment, on: date) -> Decision:
    """The learner, of what somebody else gave them and what can no longer be taken."""
    if assignment.person_id != person.pk:
        return denied(_("Only %(name)s can ask for more time.") % {"name": assignment.person})
    if not assignment.is_closed(on):
        return denied(_("This assignment is not over. Go on with it."))
    return ALLOWED


def get_own_completion_of(person: Person, module: Module) -> Completion:
    """The version of a module that this person completed last, which they may say something of; 403 where they have not."""
    completion = Completion.objects.filter(person=person, module=module).select_related("revision").first()
    if completion is None:
        raise PermissionDenied(_("Say what you think of a module once you have completed it."))
    return completion


def can_see_team(person: Person) -> Decision:
    if person.has_role(Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("Team leads and the head of support see the assignments of their people."))


def can_assign(person: Person) -> Decision:
    if person.has_role(Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("Team leads and the head of support assign modules. You can choose a module yourself in the catalogue."))


def people_assignable_by(person: Person, on: date) -> QuerySet[Person]:
    """Active people to whom this person may assign a module."""
    if not can_assign(person):
        return Person.objects.none()
    return people_visible_to(person, on).filter(is_active=True).exclude(pk=person.pk)


def can_change(person: Person, assignment: Assignment, on: date) -> Decision:
    """Whose lead may move its dates: the lead of today, and the head."""
    if people_assignable_by(person, on).filter(pk=assignment.person_id).exists():
        return ALLOWED
    return denied(_("Only the team lead or the head of support changes the dates of this assignment."))


def can_complete_by_hand(person: Person, assignment: Assignment, on: date) -> Decision:
    """A lead for their people, the head for all; nobody for themselves."""
    if people_assignable_by(person, on).filter(pk=assignment.person_id).exists():
        return ALLOWED
    return denied(_("Only the team lead or the head of support completes a module by hand."))


def can_choose_change_teams(person: Person) -> Decision:
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the head of support says which teams learn a module again after it changed."))


def can_import_training(person: Person) -> Decision:
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the head of support imports what people learnt before."))


def get_training_upload_for(person: Person, token: str) -> Upload:
    """The reader's own uploaded list; 403 for who may not import, 404 for anybody else's."""
    can_import_training(person).or_403()
    upload = find_upload(person, token)
    if upload is None:
        raise Http404
    return upload


def can_withdraw(person: Person, assignment: Assignment, on: date) -> Decision:
    """A lead for their people; a learner what they chose themselves."""
    own_choice = assignment.person_id == person.pk and assignment.source == Assignment.Source.OWN
    if own_choice or people_assignable_by(person, on).filter(pk=assignment.person_id).exists():
        return ALLOWED
    return denied(_("Only the team lead or the head of support can withdraw this assignment."))
