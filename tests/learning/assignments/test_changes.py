"""A material publish is learnt again by the groups the editor named; the proof of the first time stays as it was."""

from datetime import timedelta

from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from learning.assignments import services
from learning.assignments.changes.services import reopen_changed
from learning.assignments.models import Assignment, Completion, ModuleChange
from learning.assignments.training.services import complete_by_hand
from learning.modules.models import Module
from learning.modules.services import publish_module
from people import services as people_services
from people.models import Role
from tests.conftest import NOW
from tests.factories.learning import give, learn_all, make_module
from tests.learning.modules.test_edit_module import form


def text(response) -> str:
    return response.content.decode()


def test_an_editor_publishes_a_material_change(cast, now, sign_in, django_capture_on_commit_callbacks):
    module = make_module(now, "Refunds")
    first = give(cast.rita, module, now)
    for person in (cast.rita, cast.ravi, cast.otto):
        learn_all(sign_in(person), first if person == cast.rita else give(person, module, now))
    proof = Completion.objects.filter(assignment=first).values().get()
    edda = sign_in(cast.edda)
    url = reverse("wagtailadmin_pages:edit", args=[module.pk])
    material = form() | {"title": "Refunds", "slug": module.slug, "change_kind": "material"}
    hana = sign_in(cast.hana)
    teams = reverse("module_change_teams", args=[module.pk])
    assert teams in text(hana.get(reverse("module_detail", args=[module.pk])))
    hana.post(teams, {"teams": [cast.harbour.pk]})
    assert "checked" in text(hana.get(teams)).split("Care / Harbour")[0].rsplit("<input", 1)[1]
    assert "Say what changed" in text(edda.post(url, material))
    with django_capture_on_commit_callbacks(execute=True):
        response = edda.post(url, material | {"change_note": "Refunds up to 50 without asking.", "change_due_in_days": "7"})
    assert response.status_code == 302, response.context["form"].errors
    again = Assignment.objects.open().filter(module=module)
    assert {row.person for row in again} == {cast.rita, cast.ravi}, "Otto is in no chosen team"
    mine = again.get(person=cast.rita)
    assert mine.because == "The content changed since you completed it: Refunds up to 50 without asking."
    assert (mine.source, mine.due_on) == ("change", timezone.localdate() + timedelta(days=7))
    assert Completion.objects.filter(assignment=first).values().get() == proof
    call_command("run_schedule", only="reopen_changed")
    assert Assignment.objects.filter(module=module).count() == 5

    page = text(edda.get(url))
    assert "Refunds up to 50" not in page.split("About this publish")[1], (
        "the next publish is minor until somebody says otherwise"
    )
    with django_capture_on_commit_callbacks(execute=True):
        edda.post(url, form() | {"title": "Refunds", "slug": module.slug, "summary": "A typo less."})
    assert ModuleChange.objects.count() == 1

    learn_all(sign_in(cast.rita), mine)
    services.withdraw_assignment(actor=cast.lena, assignment=again.get(person=cast.ravi), reason="On leave.", now=now)
    assert reopen_changed(now=timezone.now()) == 0, "learnt again, or withdrawn by a lead: not a third time"


def test_who_is_in_the_middle_gets_the_new_version_afterwards(cast, now, sign_in):
    module = make_module(now, "Refunds")
    learn_all(sign_in(cast.rita), give(cast.rita, module, now))
    second = give(cast.rita, module, now)
    sign_in(cast.rita).post(reverse("start_attempt", args=[second.pk]))
    module.change_kind, module.change_note, module.change_roles = "material", "New limits.", ["rep"]
    publish_module(actor=cast.edda, module=module, now=now)
    assert reopen_changed(now=now) == 0
    learn_all(sign_in(cast.rita), second)
    assert Completion.objects.get(assignment=second).revision_id < module.live_revision_id
    assert reopen_changed(now=now) == 1
    assert reopen_changed(now=now) == 0


def test_a_module_cannot_need_itself_by_a_detour(cast, now, sign_in):
    first, second = make_module(now, "First"), make_module(now, "Second")
    first.prerequisites = [second]
    publish_module(actor=None, module=first, now=now)
    data = form() | {"title": "Second", "slug": second.slug, "prerequisites": [first.pk]}
    page = text(sign_in(cast.edda).post(reverse("wagtailadmin_pages:edit", args=[second.pk]), data))
    assert "“First” itself needs this module first" in page


class PastCompletions(RuleBasedStateMachine):
    """Edits, publishes, assignments, withdrawals and completions in any order: what was completed stays as it was."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        number = Module.objects.count()
        self.module = make_module(NOW, f"Module {number}")
        self.lead, self.rep = (
            people_services.create_person(
                actor=None, email=f"{role}{number}@example.com", display_name=role, roles=[role], now=NOW
            )
            for role in (Role.LEAD, Role.REP)
        )
        complete_by_hand(actor=self.lead, assignment=give(self.rep, self.module, NOW), reason="Seen.", now=NOW)
        self.proofs: dict[int, dict] = {}

    def open_one(self) -> Assignment | None:
        return Assignment.objects.open().filter(person=self.rep, module=self.module).first()

    @rule(title=st.sampled_from(["Other words", "Third words"]), kind=st.sampled_from(["minor", "material"]))
    def publish(self, title, kind):
        self.now += timedelta(hours=1)
        self.module.title, self.module.change_kind, self.module.change_note = title, kind, "Something."
        self.module = publish_module(actor=None, module=self.module, now=self.now)

    @rule()
    def unpublish(self):
        self.module.unpublish()
        self.module.refresh_from_db()

    @rule()
    def reopen(self):
        reopen_changed(now=self.now)

    @precondition(lambda self: self.module.live and self.open_one() is None)
    @rule()
    def assign(self):
        give(self.rep, self.module, self.now)

    @precondition(lambda self: self.open_one() is not None)
    @rule(how=st.sampled_from(["start", "restart", "withdraw", "by hand"]))
    def go_on(self, how):
        assignment = self.open_one()
        try:
            if how == "by hand":
                complete_by_hand(actor=self.lead, assignment=assignment, reason="Seen.", now=self.now)
            elif how == "withdraw":
                services.withdraw_assignment(actor=self.lead, assignment=assignment, reason="No.", now=self.now)
            else:
                verb = services.start_attempt if how == "start" else services.restart_attempt
                verb(actor=self.rep, assignment=assignment, now=self.now)
        except services.AssignmentError:
            pass  # refused: then too nothing may have changed

    @invariant()
    def proofs_stay(self):
        rows = {row["id"]: row for row in Completion.objects.filter(person=self.rep).values()}
        assert {pk: rows.get(pk) for pk in self.proofs} == self.proofs
        self.proofs = rows


class TestPastCompletions(TestCase):
    def test_nothing_changes_a_past_completion(self):
        limits = settings(
            max_examples=5,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.reuse, Phase.generate],
        )
        run_state_machine_as_test(PastCompletions, settings=limits)
