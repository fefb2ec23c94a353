"""Rules: looked at before they do anything, applied to people already there, taking back what nobody began, once per person."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from learning.assignments.models import Assignment
from learning.assignments.services import withdraw_assignment
from learning.enrolment.applying import apply_rule, apply_rules
from learning.enrolment.models import AssignmentRule, RuleGrant
from learning.paths.models import PathAssignment
from people import services as people_services
from people.models import Role
from tests.factories.learning import give, learn_all, make_module
from tests.factories.paths import make_path


def text(response) -> str:
    return response.content.decode()


def wish(module, **changes):
    return {"name": "Chat desk", "gives": f"module:{module.pk}", "due_in_days": "10", "because": "You write chats."} | changes


def mine(person) -> list[str]:
    return [f"{row.module.title}: {row.state}" for row in Assignment.objects.filter(person=person).order_by("pk")]


@pytest.fixture
def module(now):
    return make_module(now, "Chat")


def newcomer(name, now, *, joined=None, team=None):
    person = people_services.create_person(
        actor=None, email=f"{name.lower()}@example.com", display_name=name, roles=[Role.REP], joined_on=joined, now=now
    )
    if team is not None:
        people_services.join_team(actor=None, person=person, team=team, starts_on=date(2025, 1, 1), now=now)
    return person


def test_look_then_switch_on_then_who_comes_and_goes(cast, now, sign_in, module, django_capture_on_commit_callbacks):
    lena = sign_in(cast.lena)
    learn_all(sign_in(cast.ravi), give(cast.ravi, module, now))
    assert "the teams you lead" in text(lena.post(reverse("rule_create"), wish(module)))
    page = text(lena.post(reverse("rule_create"), wish(module, teams=[cast.harbour.pk], roles=["rep"]), follow=True))
    assert "Look below at what it would do" in page
    assert "2 people meet it today" in page
    got = page.split("Get it")[1].split("</details>")[0]
    assert "Rita Example" in got
    assert "Ravi" not in got
    assert "Ravi Example" in page.split("Have completed it")[1].split("</details>")[0]
    rule = AssignmentRule.objects.get()
    assert apply_rules(now=now).given == 0, "a paused rule does nothing"
    with django_capture_on_commit_callbacks(execute=True):
        lena.post(reverse("rule_switch", args=[rule.pk]), {"state": "active"})
    given = Assignment.objects.get(person=cast.rita)
    assert (given.source, given.cause) == ("rule", f"rule:{rule.pk}:person:{cast.rita.pk}:1")
    assert given.due_on == timezone.localdate() + timedelta(days=10)
    assert "By the rule “Chat desk”. You write chats." in given.because
    assert "Given by a rule" in text(sign_in(cast.rita).get(reverse("assignment_detail", args=[given.pk])))

    nora = newcomer("Nora", now, team=cast.harbour)
    call_command("run_schedule", only="apply_rules")
    call_command("run_schedule", only="apply_rules")
    assert mine(nora) == ["Chat: open"]
    assert Assignment.objects.filter(source="rule").count() == 2

    # Both leave the team; one of them has begun.
    sign_in(nora).post(reverse("start_attempt", args=[Assignment.objects.get(person=nora).pk]))
    for person in (nora, cast.rita):
        people_services.join_team(actor=None, person=person, team=cast.meadow, starts_on=date(2026, 1, 1), now=now)
    page = text(sign_in(cast.hana).get(reverse("rule_detail", args=[rule.pk])))
    assert "Rita Example" in page.split("Lose it")[1].split("</details>")[0]
    assert "Nora" in page.split("Keep it although")[1].split("</details>")[0]
    apply_rule(rule=rule, now=now)
    assert mine(nora) == ["Chat: started"]
    assert mine(cast.rita) == ["Chat: withdrawn"]
    given.refresh_from_db()
    assert given.withdrawn_reason == "The rule “Chat desk” does not apply to you any more."

    # Back again: again, under the next number.
    people_services.join_team(actor=None, person=cast.rita, team=cast.harbour, starts_on=date(2026, 2, 1), now=now)
    for _ in range(2):
        apply_rule(rule=rule, now=now)
    assert mine(cast.rita) == ["Chat: withdrawn", "Chat: open"]
    again = Assignment.objects.open().get(person=cast.rita)
    assert again.cause.endswith(":2")
    withdraw_assignment(actor=cast.lena, assignment=again, reason="Not yet.", now=now)
    assert apply_rule(rule=rule, now=now).given == 0, "what a lead withdrew stays withdrawn"

    lena.post(reverse("rule_switch", args=[rule.pk]), {"state": "archived"})
    assert "No rules yet" in text(lena.get(reverse("rule_list")))
    assert "Chat desk" in text(lena.get(reverse("rule_list") + "?archived=on"))
    assert apply_rules(now=now).given == 0


def test_every_condition(cast, now, sign_in, module):
    today = timezone.localdate()
    newcomer("Newest", now, joined=today - timedelta(days=3))
    newcomer("Newer", now, joined=today - timedelta(days=40))
    newcomer("Undated", now)
    basics = make_module(now, "Basics")
    learn_all(sign_in(cast.rita), give(cast.rita, basics, now))
    hana = sign_in(cast.hana)

    def met(**conditions) -> set[str]:
        data = wish(module, name="Try") | {"roles": ["rep"]} | conditions
        if not AssignmentRule.objects.exists():
            hana.post(reverse("rule_create"), data)
        rule = AssignmentRule.objects.get()
        page = text(hana.post(reverse("rule_edit", args=[rule.pk]), data, follow=True))
        names = page.split("Get it")[1].split("</details>")[0]
        known = ("Newest", "Newer", "Undated", "Rita", "Ravi", "Otto", "Lena")
        return {name for name in known if f">{name}" in names}

    assert met() == {"Newest", "Newer", "Undated", "Rita", "Ravi", "Otto"}
    assert met(roles=["rep", "lead"]) == {"Newest", "Newer", "Undated", "Rita", "Ravi", "Otto", "Lena"}
    assert met(teams=[cast.care.pk]) == {"Rita", "Ravi", "Otto"}, "teams below count"
    assert met(within_days="10") == {"Newest"}
    assert met(after_days="30") == {"Newer", "Rita", "Ravi", "Otto"}
    assert met(joined_since=(today - timedelta(days=50)).isoformat()) == {"Newest", "Newer"}
    assert met(done=[basics.pk]) == {"Rita"}
    assert met(not_done=[basics.pk], teams=[cast.care.pk]) == {"Ravi", "Otto"}
    refused = text(
        hana.post(reverse("rule_create"), wish(module, within_days="3", after_days="9", done=[basics.pk], not_done=[basics.pk]))
    )
    assert "Nobody joined at most 3" in refused
    assert "Take it out of one of the two" in refused


def test_a_path_by_rule_and_a_rule_whose_author_is_gone(cast, now, sign_in, module):
    path = make_path(now, ([module], 1))
    lena = sign_in(cast.lena)
    lena.post(reverse("rule_create"), wish(module, gives=f"path:{path.pk}", teams=[cast.harbour.pk]))
    rule = AssignmentRule.objects.get()
    lena.post(reverse("rule_switch", args=[rule.pk]), {"state": "active"})
    assert apply_rule(rule=rule, now=now).given == 2
    assert PathAssignment.objects.filter(cause__startswith=f"rule:{rule.pk}:").count() == 2
    learn_all(sign_in(cast.rita), Assignment.objects.get(person=cast.rita))
    assert sorted(PathAssignment.objects.values_list("state", flat=True)) == ["completed", "open"]

    for membership in cast.lena.memberships.all():
        people_services.leave_team(actor=None, membership=membership, ends_on=date(2026, 6, 1), now=now)
    rule = AssignmentRule.objects.select_related("created_by", "path", "module").get()
    assert apply_rule(rule=rule, now=now).taken == 0, "a lead who left must not look like nobody meeting the rule"
    rule.refresh_from_db()
    assert rule.state == AssignmentRule.State.PAUSED
    assert "leads nobody" in text(sign_in(cast.hana).get(reverse("rule_detail", args=[rule.pk])))
    assert PathAssignment.objects.open().count() == 1
    assert RuleGrant.objects.filter(ended_at=None).count() == 2
