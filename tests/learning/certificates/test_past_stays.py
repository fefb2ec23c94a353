"""Whatever is edited, published, assigned, learnt, revoked or renewed: what was proved before stays as it was, byte for byte."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from learning.assignments.catalogue.services import choose_module
from learning.assignments.models import Assignment, Attempt, Completion, StepDone
from learning.assignments.queries import criteria_of
from learning.assignments.renewals import open_renewals
from learning.assignments.services import (
    AssignmentError,
    assign_module,
    finish_step,
    restart_attempt,
    start_attempt,
    withdraw_assignment,
)
from learning.certificates.models import Certificate, Revocation
from learning.certificates.paper import certificate_pdf
from learning.certificates.services import revoke_certificate
from learning.modules.certificate_templates import CertificateTemplate
from learning.modules.content import content_digest, from_revision
from learning.modules.models import Module
from learning.quizzes.models import QuizSubmission
from learning.quizzes.queries import next_number
from learning.quizzes.services import QuizError, submit_quiz
from people.models import Person
from tests.factories.certificates import make_template
from tests.factories.learning import lesson, make_module, question

REFUSALS = (AssignmentError, QuizError)  # a wish that is refused with a reason is part of life
KEPT: list[tuple[type[models.Model], dict[str, Any]]] = [
    (Completion, {}),
    (Certificate, {}),
    (Revocation, {}),
    (QuizSubmission, {}),
    (Attempt, {"finished_at__isnull": False}),
    (StepDone, {"attempt__finished_at__isnull": False}),
    (Assignment, {"state": "completed"}),
]


def proofs() -> dict[str, str]:
    """Every row that proves something, as text, and the digest of what was learnt."""
    found = {}
    for model, which in KEPT:
        for row in model._default_manager.filter(**which).values():
            found[f"{model.__name__} {row['id']}"] = json.dumps(row, cls=DjangoJSONEncoder, sort_keys=True)
    for completion in Completion.objects.select_related("revision"):
        found[f"content {completion.pk}"] = content_digest(completion.revision)
        assert found[f"content {completion.pk}"] == completion.content_digest
    return found


def papers(known: dict[int, bytes]) -> dict[int, bytes]:
    """The file of every certificate that stands and is not among the known ones."""
    rows = Certificate.objects.standing().exclude(pk__in=known).select_related("person")
    return {certificate.pk: certificate_pdf(certificate) for certificate in rows}


class World:
    """A module with a certificate, three people, and a clock that goes on."""

    def __init__(self, people: list[Person], head: Person, now: datetime) -> None:
        self.people, self.head, self.now = people, head, now
        self.module = make_module(
            now,
            lessons=[lesson("First")],
            quiz=[question("Q1", [("yes", True), ("no", False)])],
            certificate_template=make_template(),
        )

    def edit(self, n: int) -> None:
        module = Module.objects.get()
        module.title = f"Title {n} of {self.now:%j}"
        module.lessons = json.dumps([lesson("First", f"<p>{n}</p>"), *([lesson("More")] if n % 2 else [])])
        module.pass_mark = 50 + n
        revision = module.save_revision()
        if n != 1:  # one in six stays a draft
            revision.publish()

    def unpublish(self, n: int) -> None:
        Module.objects.get().unpublish()

    def another_template(self, n: int) -> None:
        template = CertificateTemplate.objects.order_by("pk").last()
        template.body, template.heading, template.accent = f"has learnt {n}", f"Proof {n}", "#6b3468"
        template.valid_months, template.window_days = 6 + n, 20
        template.save()
        module = Module.objects.get()
        module.certificate_template = template if n else None
        module.save_revision().publish()

    def rename(self, n: int) -> None:
        person = self._person(n)
        person.display_name, person.email = f"New {n} {self.now:%j}", f"new{n}@example.com"
        person.save()

    def assign(self, n: int) -> None:
        assign_module(
            actor=self.head,
            person=self._person(n),
            module=Module.objects.get(),
            due_on=None,
            source="lead",
            because="So.",
            now=self.now,
        )

    def choose(self, n: int) -> None:
        choose_module(actor=self._person(n), module=Module.objects.get(), now=self.now)

    def start(self, n: int) -> None:
        for assignment in Assignment.objects.open().filter(person=self._person(n)):
            start_attempt(actor=assignment.person, assignment=assignment, now=self.now)

    def restart(self, n: int) -> None:
        for assignment in Assignment.objects.filter(person=self._person(n)):
            restart_attempt(actor=assignment.person, assignment=assignment, now=self.now)

    def learn(self, n: int) -> None:
        for attempt in Attempt.objects.filter(assignment__person=self._person(n)).order_by("pk"):
            person = attempt.assignment.person
            content = from_revision(attempt.revision)
            right = {q.id: sorted(q.right_ids) for q in content.questions}
            with suppress(*REFUSALS), transaction.atomic():
                for criterion in criteria_of(attempt, content)[: n + 1]:
                    if criterion.key != "quiz":
                        finish_step(actor=person, attempt=attempt, step=criterion.key, now=self.now)
                submit_quiz(actor=person, attempt=attempt, number=next_number(attempt), answers=right, now=self.now)

    def everything(self, n: int) -> None:
        for step in (self.choose, self.start, self.learn):
            step(3 + n % 3)  # the same person, and every lesson

    def withdraw(self, n: int) -> None:
        for assignment in Assignment.objects.filter(person=self._person(n)):
            withdraw_assignment(actor=self.head, assignment=assignment, reason="No.", now=self.now)

    def revoke(self, n: int) -> None:
        rows = list(Certificate.objects.order_by("pk"))
        if rows:
            revoke_certificate(actor=self.head, certificate=rows[n % len(rows)], reason="Copied.", now=self.now)

    def renew(self, n: int) -> None:
        open_renewals(now=self.now)

    def wait(self, n: int) -> None:
        self.now += timedelta(days=70 * (n + 1))

    def _person(self, n: int) -> Person:
        return Person.objects.get(pk=self.people[n % len(self.people)].pk)


VERBS = [name for name in vars(World) if not name.startswith("_")]


def live(world: World, steps: list[tuple[str, int]], between: Callable[[], None] = lambda: None) -> None:
    """Do the steps; after each, what was proved before must read as it did, and at the end so must the papers.

    Only a revoked paper may change: it says so.
    """
    before, printed = proofs(), papers({})
    for verb, n in steps:
        world.now += timedelta(hours=5)
        with suppress(*REFUSALS), transaction.atomic():
            getattr(world, verb)(n)
        between()
        after = proofs()
        for name, text in before.items():
            assert after.get(name) == text, f"{verb}({n}) changed {name}"
        before = after
        printed |= papers(printed)
    for pk, paper in papers({}).items():
        assert paper == printed[pk], f"changed paper {pk}"


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.tuples(st.sampled_from([*VERBS, "everything", "everything", "renew"]), st.integers(0, 5)), max_size=14))
def test_no_sequence_changes_what_was_proved(cast, now, steps):
    with transaction.atomic():
        live(World([cast.rita, cast.ravi, cast.otto], cast.hana, now), [("everything", 0), *steps])
        transaction.set_rollback(True)


def test_a_renewal_that_resets_is_noticed(cast, now):
    """The fault of other systems, planted: the old attempt is opened again instead of a new cycle."""
    world = World([cast.rita], cast.hana, now)
    steps = [("everything", 2), ("wait", 4), ("renew", 0), ("everything", 2)]
    live(world, steps)
    assert Completion.objects.filter(person=cast.rita).count() == 2
    assert Certificate.objects.filter(person=cast.rita, cycle=2).count() == 1
    for fault in (
        lambda: Attempt.objects.update(finished_at=None),
        lambda: StepDone.objects.all().delete(),
        lambda: models.QuerySet(Certificate).update(name="Somebody"),
        lambda: models.QuerySet(Completion).update(seconds=7),
        lambda: Assignment.objects.filter(cycle=1).update(state="started"),
    ):
        with pytest.raises(AssertionError, match="changed"), transaction.atomic():
            live(world, [("renew", 0)], between=fault)
