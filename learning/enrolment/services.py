"""What can be done with rules: making, changing, switching them. What they do then stands in `applying.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learning.assignments.groups.audience import Audience
from learning.enrolment.access import reaches_nobody
from learning.enrolment.models import AssignmentRule
from learning.enrolment.tasks import apply_one
from learning.modules.models import Module
from learning.paths.models import LearningPath
from people.access import teams_visible_to
from people.audit import record
from people.models import Person, Role


class RuleError(Exception):
    """A wish about rules that cannot be met; the message says why and what to do."""


@dataclass(frozen=True)
class RuleWish:
    """What the form says about a rule."""

    name: str
    gives: Module | LearningPath
    audience: Audience
    due_in_days: int
    because: str


@transaction.atomic
def create_rule(*, actor: Person, wish: RuleWish, now: datetime) -> AssignmentRule:
    """A paused rule: look at what it would do, then switch it on. Raises RuleError as `_check` says."""
    _check(actor, wish, timezone.localdate(now))
    rule = AssignmentRule(created_by=actor, created_at=now)
    _take_over(rule, wish)
    rule.save()
    record(actor=actor, verb="rule.create", target=rule, after=_state(rule), now=now)
    return rule


@transaction.atomic
def change_rule(*, actor: Person, rule: AssignmentRule, wish: RuleWish, now: datetime) -> AssignmentRule:
    """Change a rule. It pauses: what the new conditions would do is looked at before it is switched on again.

    What it gave stays until it is applied again; where it gives something else now, what it gave before stays for good.
    """
    _check(actor, wish, timezone.localdate(now))
    rule = AssignmentRule.objects.select_for_update().get(pk=rule.pk)
    before, gave = _state(rule), (rule.module_id, rule.path_id)
    _take_over(rule, wish)
    if _state(rule) == before:
        rule.save()  # the words only
        return rule
    rule.state = AssignmentRule.State.PAUSED
    rule.save()
    if gave != (rule.module_id, rule.path_id):
        rule.grants.filter(ended_at=None).update(ended_at=now)
    record(actor=actor, verb="rule.change", target=rule, before=before, after=_state(rule), now=now)
    return rule


def _check(actor: Person, wish: RuleWish, on: date) -> None:
    if isinstance(wish.gives, Module) and not wish.gives.live:
        raise RuleError(_("“%(module)s” is not published. Choose another module.") % {"module": wish.gives.title})
    if actor.has_role(Role.HEAD):
        return
    mine = set(teams_visible_to(actor, on).values_list("pk", flat=True))
    if not wish.audience.teams or not set(wish.audience.teams) <= mine:
        raise RuleError(_("Choose at least one of the teams you lead: your rule is for them."))


def _take_over(rule: AssignmentRule, wish: RuleWish) -> None:
    rule.name, rule.because, rule.due_in_days = wish.name.strip(), wish.because.strip(), wish.due_in_days
    rule.conditions = wish.audience.as_data()
    rule.module = wish.gives if isinstance(wish.gives, Module) else None
    rule.path = wish.gives if isinstance(wish.gives, LearningPath) else None


def _state(rule: AssignmentRule) -> dict[str, object]:
    conditions = {name: value for name, value in rule.conditions.items() if value}
    return {"module": rule.module_id, "path": rule.path_id, "due_in_days": rule.due_in_days, "conditions": conditions}


@transaction.atomic
def switch_rule(*, actor: Person, rule: AssignmentRule, state: str, now: datetime) -> AssignmentRule:
    """Switch a rule on, pause or archive it. Switched on, it is applied at once, after the commit.

    Paused or archived, it gives and takes nothing more; what it gave stays.
    """
    rule = AssignmentRule.objects.select_for_update(of=("self",)).select_related("created_by").get(pk=rule.pk)
    if state == AssignmentRule.State.ACTIVE and reaches_nobody(rule, timezone.localdate(now)):
        raise RuleError(
            _("%(name)s, who made this rule, leads nobody any more. Make a rule of your own.") % {"name": rule.created_by}
        )
    if rule.state != state:
        before = rule.state
        rule.state, rule.trouble = state, ""
        rule.save(update_fields=["state", "trouble"])
        record(actor=actor, verb="rule.switch", target=rule, before={"state": before}, after={"state": str(state)}, now=now)
    if state == AssignmentRule.State.ACTIVE:
        transaction.on_commit(partial(apply_one.enqueue, rule.pk))
    return rule
