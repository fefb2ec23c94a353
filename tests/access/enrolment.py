"""Assignment rules: the head's, and a lead's own."""

from learning.assignments.groups.audience import Audience
from learning.enrolment.services import RuleWish, create_rule
from tests.access_table import Entry, by_role, only
from tests.factories.learning import make_module


def build(cast, now):
    module = make_module(now, "By rule")
    audience = Audience(teams=(cast.harbour.pk,))
    rule = create_rule(actor=cast.lena, wish=RuleWish("Harbour", module, audience, 14, "You are new."), now=now)
    return {"module": module, "rule": rule}


def rule(w):
    return [w.rule.pk]


def wish(w):
    return {"name": "Another", "gives": f"module:{w.module.pk}", "teams": [w.harbour.pk], "due_in_days": 7, "because": "Why."}


KEEPS = only("lead", "other_lead", "head")
ONE = by_role(403, lead=200, head=200, other_lead=404)
CHANGE = by_role(403, lead=302, head=302, other_lead=404)

ENTRIES = [
    Entry("rule_list", get=KEEPS),
    Entry("rule_create", get=KEEPS, post=only("lead", "head", status=302) | {"other_lead": 200}, data=wish),
    Entry("rule_detail", args=rule, get=ONE),
    Entry("rule_edit", args=rule, get=ONE, post=CHANGE, data=wish),
    Entry("rule_switch", args=rule, post=CHANGE, data=lambda w: {"state": "active"}),
]
