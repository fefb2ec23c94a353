"""Marking by a person, marking anew, and another try. Every marking is a new row; proofs never change."""

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learning.assignments.models import Assignment, Completion, StepDone
from learning.assignments.queries import lesson_step
from learning.assignments.services import finish_step, start_attempt
from learning.modules.content import content_digest, from_revision
from learning.quizzes import papers, services
from learning.quizzes.bank.services import Label, add_question, change_question
from learning.quizzes.errors import QuizError
from learning.quizzes.exchange.gift_reader import read_gift
from learning.quizzes.marks import services as marks
from learning.quizzes.models import QuizMark, QuizSubmission
from learning.quizzes.queries import next_number, result_of
from people.models import AuditEntry
from tests.factories.learning import free_text, give, lesson, make_module, question


def started(person, module, now):
    return start_attempt(actor=person, assignment=give(person, module, now), now=now)


def submit(attempt, answers, now, number=1):
    person = attempt.assignment.person
    return services.submit_quiz(actor=person, attempt=attempt, number=number, answers=answers, now=now)


def test_free_text_waits_is_marked_and_completes(cast, sign_in):
    now = timezone.now()
    module = make_module(now, quiz=[free_text("Tell"), question("Q1", [("yes", True), ("no", False)])], lessons=[lesson("One")])
    attempt = started(cast.rita, module, now)
    finish_step(actor=cast.rita, attempt=attempt, step=lesson_step("lesson-One"), now=now)
    rita, lena, pk = sign_in(cast.rita), sign_in(cast.lena), attempt.assignment_id
    form = {"number": 1, "question-Tell": "<b>My</b> words", "question-Q1": "Q1-yes"}
    page = rita.post(reverse("quiz", args=[pk]), form, follow=True).content.decode()
    assert "Waiting to be marked" in page
    assert "&lt;b&gt;My&lt;/b&gt; words" in page
    assert rita.get(reverse("quiz", args=[pk])).status_code == 302, "no other try while this one waits"
    with pytest.raises(QuizError, match="waits to be marked"):
        papers.begin_try(actor=cast.rita, attempt=attempt, now=now)
    submission = QuizSubmission.objects.get()
    url = reverse("mark_submission", args=[submission.pk])
    assert "Rita" in lena.get(reverse("marking_queue")).content.decode()
    assert "A name." in lena.get(url).content.decode()
    edda = sign_in(cast.edda)
    for blind in (edda.get(reverse("marking_queue")), edda.get(url)):
        assert "Rita" not in blind.content.decode().split("<main")[1], "editors mark without being shown whose it is"
    missing = lena.post(url, {"percent_1": "", "remark_1": "Kept words"})
    assert "Give it a whole number" in missing.content.decode()
    assert "Kept words" in missing.content.decode()
    assert lena.post(url, {"percent_1": "70", "remark_1": "Say the name."}).status_code == 302
    assert edda.post(url, {"percent_1": "0"}).status_code == 404, "marked once, it waits for nobody"
    assert [mark.reason for mark in submission.marks.all()] == ["automatic", "person"]
    submission.refresh_from_db()
    assert result_of(submission).score_percent == 85
    assert Completion.objects.get().person == cast.rita
    result = rita.get(reverse("quiz_result", args=[pk, 1])).content.decode()
    assert "Say the name." in result
    assert "70 % right" in result
    entry = AuditEntry.objects.get(verb="quiz.mark")
    assert (entry.actor, entry.subject) == (cast.lena, cast.rita)


def test_marking_anew_helps_who_was_right_and_takes_no_proof(cast, now, sign_in):
    quiz = [question("Q1", [("yes", True), ("no", False)])]
    module = make_module(now, quiz=quiz, lessons=[lesson("One")])
    failed, passed, late = (started(person, module, now) for person in (cast.rita, cast.ravi, cast.otto))
    for attempt in (failed, passed):
        finish_step(actor=attempt.assignment.person, attempt=attempt, step=lesson_step("lesson-One"), now=now)
    submit(failed, {"Q1": ["Q1-no"]}, now)
    submit(passed, {"Q1": ["Q1-yes"]}, now)
    submit(late, {"Q1": ["Q1-yes"]}, now)
    proof = Completion.objects.get()
    before = {field.attname: getattr(proof, field.attname) for field in Completion._meta.concrete_fields}

    data = json.loads(json.dumps(quiz))
    for item in data[0]["value"]["answers"]:
        item["value"]["correct"] = item["value"]["text"] == "no"
    module.quiz = json.dumps(data)
    module.save_revision().publish()
    edda = sign_in(cast.edda)
    url = reverse("inline_regrade", args=[module.pk, "Q1"])
    preview = edda.get(url)
    plan = preview.context["plan"]
    assert (plan.tries, plan.up, plan.down, plan.passed, plan.skipped) == (3, 1, 2, 1, 0)
    assert QuizMark.objects.count() == 3
    assert "Say why" in edda.post(url, {"reason": " "}).content.decode()
    assert edda.post(url, {"reason": "The key was wrong."}).status_code == 302
    assert edda.get(url).context["plan"].changes == [], "again there is nothing to do"

    assert Completion.objects.filter(person=cast.rita).exists(), "who was right all along has completed now"
    again = Completion.objects.get(pk=proof.pk)
    assert {name: getattr(again, name) for name in before} == before
    assert Assignment.objects.get(pk=passed.assignment_id).state == Assignment.State.COMPLETED
    assert StepDone.objects.filter(attempt=late, step="quiz").exists(), "a finished step is not taken back"
    assert [m.score_percent for m in QuizMark.objects.filter(submission__attempt=passed)] == [100, 0]
    page = sign_in(cast.rita).get(reverse("quiz_result", args=[failed.assignment_id, 1])).content.decode()
    assert "The key was wrong." in page
    assert "You chose, rightly:" in page
    assert AuditEntry.objects.filter(verb="quiz.regrade").count() == 3


def test_another_try_is_given_once(cast, sign_in):
    now = timezone.now()
    module = make_module(now, quiz=[question("Q1", [("yes", True), ("no", False)])], quiz_attempts=1)
    attempt = started(cast.rita, module, now)
    submit(attempt, {"Q1": ["Q1-no"]}, now)
    lena, url = sign_in(cast.lena), reverse("give_try", args=[attempt.assignment_id])
    assert "No try left" in lena.get(reverse("marking_queue")).content.decode()
    assert "Rita Example can try once more." in lena.post(url, follow=True).content.decode()
    assert "can try again already" in lena.post(url, follow=True).content.decode()
    assert "No try left" not in lena.get(reverse("marking_queue")).content.decode()
    submit(attempt, {"Q1": ["Q1-no"]}, now, number=2)
    with pytest.raises(QuizError, match="used all tries"):
        submit(attempt, {"Q1": ["Q1-yes"]}, now, number=3)


def test_the_analysis_page_and_the_question_show_figures(cast, now, sign_in):
    bank = add_question(actor=None, content=read_gift(b"Bank?{=yes ~no}").found[0].question, label=Label(), now=now)
    draw = {"type": "draw", "id": "d", "value": {"number": 1, "category": "", "tags": ""}}
    module = make_module(now, quiz=[question("Q1", [("yes", True), ("no", False)]), draw])
    right = bank.versions.get().question_as_asked.answers[0].id
    everybody = (cast.rita, cast.ravi, cast.otto, cast.lars, cast.vera, cast.viktor)
    for number, person in enumerate(everybody):
        attempt = started(person, module, now)
        papers.begin_try(actor=person, attempt=attempt, now=now)
        submit(attempt, {"Q1": ["Q1-yes" if number else "Q1-no"], f"bank-{bank.pk}": [right]}, now)
    edda = sign_in(cast.edda)
    page = edda.get(reverse("quiz_analysis", args=[module.pk])).content.decode()
    assert "Too early" in page
    assert "83" in page, "five of six"
    detail = edda.get(reverse("question_detail", args=[bank.pk])).content.decode()
    assert "n = 6" in detail


ACTS = st.lists(st.sampled_from(["publish", "edit bank", "regrade inline", "regrade bank", "submit"]), min_size=1, max_size=6)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, data=st.data())
def test_no_sequence_of_edits_publishes_and_regrades_changes_what_was(cast, now, acts, data):
    """Completions, submissions, papers' questions and markings that exist stay as they are, whatever happens later."""
    with transaction.atomic():
        act_and_compare(cast, now, acts, data)
        transaction.set_rollback(True)


def act_and_compare(cast, now, acts, data):
    content = read_gift(b"Bank?{=yes ~no}").found[0].question
    bank = add_question(actor=None, content=content, label=Label(category="History"), now=now)
    draw = {"type": "draw", "id": "d", "value": {"number": 1, "category": "History", "tags": ""}}
    quiz = [question("Q1", [("yes", True), ("no", False)]), draw]
    module = make_module(now, quiz=quiz, lessons=[lesson("One")])
    attempt = started(cast.rita, module, now)
    finish_step(actor=cast.rita, attempt=attempt, step=lesson_step("lesson-One"), now=now)

    def frozen():
        tables = (Completion, QuizSubmission, QuizMark)
        rows = {(t.__name__, row["id"]): row for t in tables for row in t.objects.values()}
        digest = content_digest(attempt.revision)
        asked = [
            (row.key, row.version and row.version.digest) for s in QuizSubmission.objects.all() for row in s.paper.questions.all()
        ]
        return rows, digest, asked

    key = f"bank-{bank.pk}"
    for step, act in enumerate(["submit", *acts]):
        rows, digest, asked = frozen()
        flipped = data.draw(st.booleans())
        if act == "publish":
            changed = json.loads(json.dumps(quiz))
            for item in changed[0]["value"]["answers"]:
                item["value"]["correct"] = (item["value"]["text"] == "no") is flipped
            module.quiz, module.pass_mark = json.dumps(changed), 50 if flipped else 80
            module.save_revision().publish()
        elif act == "edit bank":
            text = b"Bank?{~yes =no}" if flipped else b"Bank?{=yes ~no}"
            change_question(actor=None, question=bank, content=read_gift(text).found[0].question, now=now)
        elif act.startswith("regrade"):
            inline = act.endswith("inline")
            module.refresh_from_db()
            by = from_revision(module.live_revision).questions[0] if inline else bank.versions.last().question_as_asked
            marks.regrade(actor=cast.edda, question=by, module=module if inline else None, reason="Why", now=now)
        elif Assignment.objects.get(pk=attempt.assignment_id).state == "started" and next_number(attempt) < 4:
            number = next_number(attempt)
            chosen = bank.versions.first().question_as_asked.answers[data.draw(st.integers(0, 1))].id
            when = now + timedelta(minutes=step)
            with suppress(QuizError):  # passed already
                papers.begin_try(actor=cast.rita, attempt=attempt, now=when)
                submit(attempt, {"Q1": [data.draw(st.sampled_from(["Q1-yes", "Q1-no"]))], key: [chosen]}, when, number)
        later, digest_later, asked_later = frozen()
        assert {name: later[name] for name in rows} == rows, act
        assert digest_later == digest
        assert asked_later[: len(asked)] == asked
