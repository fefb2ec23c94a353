"""Whatever is edited, published, assigned, learnt, marked, revoked or renewed: what was proved before stays, byte for byte."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from learning.assignments.catalogue.services import choose_module
from learning.assignments.changes.services import reopen_changed
from learning.assignments.groups.audience import Audience
from learning.assignments.models import Assignment, Attempt, Completion, StepDone
from learning.assignments.queries import completion_explained, criteria_of
from learning.assignments.renewals import open_renewals
from learning.assignments.services import (
    AssignmentError,
    assign_module,
    finish_step,
    restart_attempt,
    start_attempt,
    withdraw_assignment,
)
from learning.assignments.training.services import complete_by_hand
from learning.certificates.models import Certificate, Revocation
from learning.certificates.paper import certificate_pdf
from learning.certificates.queries import newer_certificate
from learning.certificates.services import revoke_certificate
from learning.enrolment.applying import apply_rule
from learning.enrolment.models import AssignmentRule
from learning.modules.certificate_templates import CertificateTemplate
from learning.modules.content import content_digest, from_revision
from learning.modules.models import Module
from learning.modules.questions.kinds import Choice, FreeText
from learning.packages.faults import PackageError
from learning.packages.models import Package
from learning.packages.services import exchange_package
from learning.quizzes import papers as quiz_papers
from learning.quizzes.bank.services import change_question, import_questions
from learning.quizzes.exchange.gift_reader import read_gift
from learning.quizzes.marks.queries import inline_question
from learning.quizzes.marks.services import GivenMark, give_try, mark_by_person, regrade
from learning.quizzes.models import ExtraTry, PaperQuestion, Question, QuestionVersion, QuizMark, QuizPaper, QuizSubmission
from learning.quizzes.queries import asked_on
from learning.quizzes.services import QuizError, submit_quiz
from people.models import Person
from tests.factories.certificates import make_template
from tests.factories.learning import free_text, lesson, make_module, question
from tests.factories.packages import keep_package
from tests.factories.questions import right_answer

DRAW = {"type": "draw", "id": "draw", "value": {"number": 1, "category": "Tone", "tags": ""}}
REFUSALS = (AssignmentError, QuizError, PackageError)  # a wish that is refused with a reason is part of life
KEPT: list[tuple[type[models.Model], dict[str, Any]]] = [
    (Completion, {}),
    (Certificate, {}),
    (Revocation, {}),
    (QuizSubmission, {}),
    (QuizMark, {}),
    (QuizPaper, {"submission__isnull": False}),
    (PaperQuestion, {"paper__submission__isnull": False}),
    (QuestionVersion, {}),
    (ExtraTry, {}),
    (Package, {}),
    (Attempt, {"finished_at__isnull": False}),
    (StepDone, {"attempt__finished_at__isnull": False}),
    (Assignment, {"state": "completed"}),
]


def proofs() -> dict[str, str]:
    """Every row that proves something, as text; the digest of what was learnt, and why it counts as complete.

    That a try waits to be marked is the one thing about it that ends: the mark is a row of its own.
    """
    found = {}
    for model, which in KEPT:
        for row in model._default_manager.filter(**which).values():
            row.pop("waiting_since", None)
            found[f"{model.__name__} {row['id']}"] = json.dumps(row, cls=DjangoJSONEncoder, sort_keys=True)
    for completion in Completion.objects.select_related("revision", "assignment"):
        found[f"criteria {completion.pk}"] = repr(completion_explained(completion.assignment))
        found[f"content {completion.pk}"] = content_digest(completion.revision)
        assert found[f"content {completion.pk}"] == completion.content_digest
    return found


def papers(known: dict[int, bytes]) -> dict[int, bytes]:
    """The file of every certificate that stands and is not among the known ones."""
    rows = Certificate.objects.standing().exclude(pk__in=known).select_related("person")
    return {certificate.pk: certificate_pdf(certificate) for certificate in rows}


def verify_pages() -> dict[str, str]:
    """What a stranger reads who checks a paper. It says in the same words whether it was revoked, or renewed, since."""
    found = {}
    for certificate in Certificate.objects.select_related("revocation"):
        cache.clear()  # it counts who asks too often
        page = Client().get(reverse("verify_certificate", args=[certificate.number])).content.decode()
        what = (certificate.pk, certificate.is_revoked, newer_certificate(certificate) is not None)
        found[f"page of {what}"] = re.sub(r'nonce="[^"]*"', "", page)
    return found


class World:
    """A module with a certificate, a quiz that draws from the bank, a rule, two packages, three people, and a clock that goes on."""

    def __init__(self, people: list[Person], head: Person, now: datetime) -> None:
        self.people, self.head, self.now = people, head, now
        self.module = make_module(
            now,
            lessons=[lesson("First")],
            quiz=[question("Q1", [("yes", True), ("no", False)]), DRAW],
            certificate_template=make_template(),
        )
        import_questions(
            actor=None, reading=read_gift(b"$CATEGORY: Tone\n\n// [id:bank]\nBank?{=yes ~no}"), source="gift", now=now
        )
        self.packages = [keep_package(now, title=title) for title in ("Calm", "Calmer")]
        everybody = Audience(roles=("rep",)).as_data()
        self.rule = AssignmentRule.objects.create(
            name="Reps", module=self.module, conditions=everybody, because="So.", created_by=head, created_at=now
        )

    def edit(self, n: int) -> None:
        module = Module.objects.get()
        module.title = f"Title {n} of {self.now:%j}"
        module.lessons = json.dumps([lesson("First", f"<p>{n}</p>"), *([lesson("More")] if n % 2 else [])])
        module.pass_mark = 50 + n
        key = [("yes", n != 4), ("no", n == 4)]
        module.quiz = json.dumps([question("Q1", key), DRAW, *([free_text("Tell")] if n == 3 else [])])
        module.quiz_attempts = 2 if n == 5 else 0
        module.change_kind, module.change_note = ("material", "Another key.") if n == 4 else ("minor", "")
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
        """Some of the steps, and the quiz: wrong by odd numbers."""
        self.start(n)
        self._go_on(self._person(n), steps=n + 1, wrong=n % 2 == 1)

    def _go_on(self, person: Person, *, steps: int, wrong: bool) -> None:
        for attempt in Attempt.objects.filter(assignment__person=person).order_by("pk"):
            content = from_revision(attempt.revision)
            with suppress(*REFUSALS), transaction.atomic():
                for criterion in criteria_of(attempt, content)[:steps]:
                    if criterion.key != "quiz":
                        finish_step(actor=person, attempt=attempt, step=criterion.key, now=self.now)
                paper = quiz_papers.begin_try(actor=person, attempt=attempt, now=self.now)
                answers = {row.question.id: self._answer(row.question, wrong=wrong) for row in asked_on(paper, content)}
                submit_quiz(actor=person, attempt=attempt, number=paper.number, answers=answers, now=self.now)

    @staticmethod
    def _answer(asked: Any, *, wrong: bool) -> list[str]:
        if wrong and isinstance(asked, Choice):
            return [answer.id for answer in asked.answers if not answer.correct][:1]
        return list(right_answer(asked))

    def mark(self, n: int) -> None:
        for submission in QuizSubmission.objects.exclude(waiting_since=None):
            asked = asked_on(submission.paper, from_revision(submission.attempt.revision))
            marks = {row.question.id: GivenMark(20 * n, f"Seen {n}") for row in asked if isinstance(row.question, FreeText)}
            mark_by_person(actor=self.head, submission=submission, marks=marks, now=self.now)

    def regrade(self, n: int) -> None:
        """Both questions by their present keys; by odd numbers that of the bank has just become another."""
        if n % 2:
            self.other_bank_question(n // 2)
        module = Module.objects.get()
        inline, bank = inline_question(module, "Q1"), QuestionVersion.objects.order_by("-number").first()
        for asked, where in ((inline, module), (bank.question_as_asked, None)):
            if asked is not None:
                regrade(actor=self.head, question=asked, module=where, reason=f"Key {n}.", now=self.now)

    def other_bank_question(self, n: int) -> None:
        other = read_gift(b"Bank?{=yes ~no}" if n % 2 else b"Bank?{~yes =no}").found[0].question
        change_question(actor=self.head, question=Question.objects.get(), content=other, now=self.now)

    def give_try(self, n: int) -> None:
        for assignment in Assignment.objects.open().filter(person=self._person(n)):
            give_try(actor=self.head, assignment=assignment, now=self.now)

    def complete_by_hand(self, n: int) -> None:
        for assignment in Assignment.objects.open().filter(person=self._person(n)):
            complete_by_hand(actor=self.head, assignment=assignment, reason=f"Seen {n}.", now=self.now)

    def other_package(self, n: int) -> None:
        module = exchange_package(actor=self.head, package=self.packages[n % 2], module=Module.objects.get(), now=self.now)
        if n != 1:
            module.get_latest_revision().publish()

    def reopen(self, n: int) -> None:
        reopen_changed(now=self.now)

    def apply_rule(self, n: int) -> None:
        """To everybody, and by odd numbers to nobody any more: what nobody has begun is taken back."""
        audience = Audience(roles=("rep",) if n % 2 == 0 else ("editor",))
        AssignmentRule.objects.update(conditions=audience.as_data())
        self.rule.refresh_from_db()
        apply_rule(rule=self.rule, now=self.now)

    def everything(self, n: int) -> None:
        """The module from choosing it to passing its quiz, by odd numbers at the second try."""
        self.choose(n)
        self.start(n)
        for wrong in (True, False) if n % 2 else (False,):
            self._go_on(self._person(n), steps=9, wrong=wrong)

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
    before, printed, shown = proofs(), papers({}), verify_pages()
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
        shown = verify_pages() | shown
    for what, page in verify_pages().items():
        assert page == shown[what], f"changed {what}"
    for pk, paper in papers({}).items():
        assert paper == printed[pk], f"changed paper {pk}"


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(
    steps=[
        ("edit", 4), ("everything", 1), ("regrade", 1), ("edit", 0), ("everything", 2), ("regrade", 3), ("edit", 3), ("everything", 4),
        ("mark", 5), ("other_package", 2), ("everything", 3), ("edit", 4), ("reopen", 0), ("complete_by_hand", 0), ("apply_rule", 1),
    ]
)  # fmt: skip
@given(
    steps=st.lists(
        st.tuples(st.sampled_from([*VERBS, "everything", "everything", "learn", "renew"]), st.integers(0, 5)), max_size=12
    )
)
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
        lambda: models.QuerySet(QuizMark).update(score_percent=7),
        lambda: PaperQuestion.objects.update(position=models.F("position") + 7),
        lambda: QuizSubmission.objects.update(answers={}),
        lambda: models.QuerySet(QuestionVersion).update(digest="7"),
        lambda: Assignment.objects.filter(cycle=1).update(state="started"),
    ):
        with pytest.raises(AssertionError, match="changed"), transaction.atomic():
            live(world, [("renew", 0)], between=fault)
