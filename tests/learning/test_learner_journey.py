"""A learner's whole way, by the pages: see why, start, read, leave, resume, fail, pass, keep the proof."""

from datetime import date

from django.urls import reverse

from learning.assignments.models import Assignment, Completion
from learning.modules.content import content_digest
from people.models import AuditEntry
from tests.factories.learning import give, make_module, quiz_form


def test_from_the_because_to_the_proof(cast, now, sign_in):
    module = make_module(now, "Honest answers")
    assignment = give(
        cast.rita,
        module,
        now,
        actor=cast.lena,
        due_on=date(2099, 1, 1),
        because="Two promises were broken this week.",
        because_quote="You said Monday!",
        evidence_url="/quality/reviews/7/",
    )
    browser = sign_in(cast.rita)

    home = browser.get(reverse("learn_home")).content.decode()
    assert "Honest answers" in home
    assert "Two promises were broken this week." in home
    assert "You said Monday!" in home
    assert 'href="/quality/reviews/7/"' in home

    page = browser.get(reverse("assignment_detail", args=[assignment.pk])).content.decode()
    assert "Why did I get this?" in page
    first = browser.post(reverse("start_attempt", args=[assignment.pk]), follow=True)
    assert first.redirect_chain[-1][0] == reverse("lesson", args=[assignment.pk, 1])
    assert "Lesson 1 of 2" in first.content.decode()

    second = browser.post(reverse("finish_lesson", args=[assignment.pk, 1]), follow=True)
    assert second.redirect_chain[-1][0] == reverse("lesson", args=[assignment.pk, 2])
    resumed = browser.get(reverse("resume_assignment", args=[assignment.pk]))
    assert resumed.url == reverse("lesson", args=[assignment.pk, 2])
    assert "1 of 3 steps" in browser.get(reverse("learn_home")).content.decode()

    quiz = browser.post(reverse("finish_lesson", args=[assignment.pk, 2]), follow=True)
    assert quiz.redirect_chain[-1][0] == reverse("quiz", args=[assignment.pk])

    failed = browser.post(reverse("quiz", args=[assignment.pk]), quiz_form(module, wrong=("Q1",)), follow=True)
    text = failed.content.decode()
    assert "Not yet" in text
    assert "1 of 2 right" in text
    assert "Why is this not complete?" in text
    assert "The reason behind Q1" in text
    assert "Feedback on no" in text
    assert not Completion.objects.exists()

    passed = browser.post(reverse("quiz", args=[assignment.pk]), quiz_form(module, number=2), follow=True)
    assert "Module completed" in passed.content.decode()
    completion = Completion.objects.get()
    assert completion.person == cast.rita
    assert completion.revision == module.live_revision
    assert completion.content_digest == content_digest(module.live_revision)
    assert [c["met"] for c in completion.criteria] == [True, True, True]
    assignment.refresh_from_db()
    assert assignment.state == Assignment.State.COMPLETED

    done = browser.get(reverse("learn_home")).content.decode()
    assert "Nothing to do" in done
    assert "1 module completed" in done
    verbs = set(AuditEntry.objects.filter(subject=cast.rita).values_list("verb", flat=True))
    assert {"assignment.assign", "assignment.start", "assignment.finish_step", "quiz.submit", "assignment.complete"} <= verbs


def test_passing_the_quiz_first_names_the_lessons_still_missing(cast, now, sign_in):
    module = make_module(now)
    assignment = give(cast.rita, module, now)
    browser = sign_in(cast.rita)
    browser.post(reverse("start_attempt", args=[assignment.pk]))
    result = browser.post(reverse("quiz", args=[assignment.pk]), quiz_form(module), follow=True).content.decode()
    assert "Why is this not complete?" in result
    assert reverse("lesson", args=[assignment.pk, 2]) in result
    browser.post(reverse("finish_lesson", args=[assignment.pk, 1]))
    assert not Completion.objects.exists()
    browser.post(reverse("finish_lesson", args=[assignment.pk, 2]))
    assert Completion.objects.filter(assignment=assignment).count() == 1
