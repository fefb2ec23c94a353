"""Who reads and changes sampling plans, and who moves the work of reviewers who are away.

How conversations are chosen is known to those who review and to the head; whose conversations are drawn how often concerns
nobody else. Whoever edits scorecards edits plans. Work is moved by those who may reassign it one by one: leads for their people.
"""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from coaching.quality.access import can_read_review_list, draws_to_reassign, get_draw_for
from coaching.quality.models import ReviewDraw, SamplingPlan
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role


def can_read_plans(person: Person) -> Decision:
    if person.has_role(Role.HEAD, Role.REVIEWER):
        return ALLOWED
    return denied(_("Only the head of support and QA reviewers see sampling plans."))


def can_edit_plans(person: Person) -> Decision:
    if person.has_role(Role.HEAD, Role.REVIEWER):
        return ALLOWED
    return denied(_("Only the head of support and QA reviewers edit sampling plans."))


def plans_visible_to(person: Person) -> QuerySet[SamplingPlan]:
    return SamplingPlan.objects.all() if can_read_plans(person) else SamplingPlan.objects.none()


def get_plan_for(person: Person, pk: int) -> SamplingPlan:
    """Any plan, for those who read them; 403 before anything is looked up for everybody else."""
    can_read_plans(person).or_403()
    return get_object_or_404(SamplingPlan, pk=pk)


def can_rebalance(person: Person, on: date) -> Decision:
    return can_read_review_list(person, on)


def draws_to_rebalance(person: Person, on: date) -> QuerySet[ReviewDraw]:
    """Open draws this person may move, whoever has them: about people they lead, never about themselves."""
    return draws_to_reassign(person, on)


def get_draw_to_replace(person: Person, pk: int) -> ReviewDraw:
    """A draw in this person's own queue; 404 otherwise."""
    return get_draw_for(person, pk)
