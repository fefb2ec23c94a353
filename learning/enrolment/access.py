"""Who keeps rules: the head all of them; a lead their own, for the teams they lead."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.enrolment.models import AssignmentRule
from people.access import people_led_by, teams_led_by
from people.models import Person, Role


def can_keep_rules(person: Person) -> Decision:
    if person.has_role(Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("Team leads and the head of support keep the rules by which modules are assigned."))


def rules_visible_to(person: Person) -> QuerySet[AssignmentRule]:
    if person.has_role(Role.HEAD):
        return AssignmentRule.objects.all()
    if person.has_role(Role.LEAD):
        return AssignmentRule.objects.filter(created_by=person)
    return AssignmentRule.objects.none()


def get_rule_for(person: Person, pk: int) -> AssignmentRule:
    """A rule this person keeps; 403 for who keeps none, 404 for somebody else's."""
    can_keep_rules(person).or_403()
    rule = rules_visible_to(person).select_related("module", "path", "created_by").filter(pk=pk).first()
    if rule is None:
        raise Http404
    return rule


def people_in_reach(rule: AssignmentRule, on: date) -> QuerySet[Person]:
    """To whom the rule may give anything: what its author may assign to on that day. Nobody's rule reaches further than they do."""
    return people_led_by(rule.created_by, on).filter(is_active=True)


def reaches_nobody(rule: AssignmentRule, on: date) -> bool:
    """Its author has left, or leads nobody any more: that must not look like "nobody meets it"."""
    author = rule.created_by
    return not author.is_active or not (author.has_role(Role.HEAD) or teams_led_by(author, on).exists())
