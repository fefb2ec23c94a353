"""Applying rules: to whoever meets them now. Harmless to repeat: each person gets it once, until it is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from learning.assignments.models import Assignment
from learning.assignments.services import AlreadyAssigned, AssignmentError, assign_module, withdraw_assignment
from learning.enrolment.access import reaches_nobody
from learning.enrolment.models import AssignmentRule, RuleGrant
from learning.enrolment.queries import can_be_lost, dry_run
from learning.paths.services import PathError, assign_path, withdraw_path
from people.audit import record
from people.models import Person


@dataclass(frozen=True)
class Applied:
    """How many people got it, lost it, and could not get it yet (a module that comes first, or nothing published)."""

    given: int = 0
    taken: int = 0
    waiting: int = 0

    def __add__(self, other: Applied) -> Applied:
        return Applied(self.given + other.given, self.taken + other.taken, self.waiting + other.waiting)


def apply_rules(*, now: datetime) -> Applied:
    """Apply every active rule, one after the other."""
    rules = AssignmentRule.objects.filter(state=AssignmentRule.State.ACTIVE)
    total = Applied()
    for rule in rules.select_related("module", "path", "created_by").order_by("pk"):
        total += apply_rule(rule=rule, now=now)
    return total


def apply_rule(*, rule: AssignmentRule, now: datetime) -> Applied:
    """Give it to who meets the conditions and has not got it; take back what nobody began from who meets them no more.

    Each person in a transaction of their own, so that nobody waits for all. A rule whose author leads nobody any more
    pauses by itself and says so.
    """
    today = timezone.localdate(now)
    if reaches_nobody(rule, today):
        trouble = _("Who made this rule leads nobody any more.")
        AssignmentRule.objects.filter(pk=rule.pk).update(state=AssignmentRule.State.PAUSED, trouble=trouble)
        record(actor=None, verb="rule.switch", target=rule, before={"state": rule.state}, after={"state": "paused"}, now=now)
        return Applied()
    plan = dry_run(rule, today)
    given = [_give(rule, person, now) for person in plan.gets]
    taken = [_take_back(grant, now) for grant in plan.loses]
    AssignmentRule.objects.filter(pk=rule.pk).update(applied_at=now)
    return Applied(sum(given), sum(taken), len(given) - sum(given))


def _give(rule: AssignmentRule, person: Person, now: datetime) -> bool:
    number = rule.grants.filter(person=person).count() + 1
    due_on = timezone.localdate(now) + timedelta(days=rule.due_in_days)
    with translation.override(person.locale):
        because = _("By the rule “%(rule)s”.") % {"rule": rule.name} + f" {rule.because}"
    cause = f"rule:{rule.pk}:person:{person.pk}:{number}"
    try:
        with transaction.atomic():
            grant = RuleGrant.objects.create(rule=rule, person=person, granted_at=now)
            if rule.module is not None:
                grant.assignment = assign_module(
                    actor=None, person=person, module=rule.module, due_on=due_on,
                    source=Assignment.Source.RULE, because=because, cause=cause, now=now,
                )  # fmt: skip
            elif rule.path is not None:
                grant.path_assignment, _is_new = assign_path(
                    actor=None, person=person, path=rule.path, due_on=due_on,
                    source=Assignment.Source.RULE, because=because, cause=cause, now=now,
                )  # fmt: skip
            grant.save(update_fields=["assignment", "path_assignment"])
    except (AlreadyAssigned, AssignmentError, PathError, IntegrityError):
        # Got it elsewhere a moment ago, another run was faster, or something comes first: the next run looks again.
        return False
    return True


def _take_back(grant: RuleGrant, now: datetime) -> bool:
    with transaction.atomic():
        grant = RuleGrant.objects.select_for_update(of=("self",)).select_related(
            "person", "rule", "assignment", "path_assignment"
        ).get(pk=grant.pk)  # fmt: skip
        if grant.ended_at is not None or not can_be_lost(grant):
            return False
        with translation.override(grant.person.locale):
            reason = _("The rule “%(rule)s” does not apply to you any more.") % {"rule": grant.rule.name}
        try:
            if grant.assignment is not None:
                withdraw_assignment(actor=None, assignment=grant.assignment, reason=reason, now=now)
            elif grant.path_assignment is not None:
                withdraw_path(actor=None, assignment=grant.path_assignment, reason=reason, now=now)
        except (AssignmentError, PathError):
            return False  # begun at this very moment: it stays
        grant.ended_at = now
        grant.save(update_fields=["ended_at"])
    return True
