"""Taking a module: what counts, what is pinned, and what nobody can get around."""

from datetime import timedelta

import pytest
from django.urls import reverse

from learning.assignments import queries, services
from learning.assignments.models import Assignment, Completion
from learning.modules.content import from_revision
from tests.factories.learning import give, learn_all, lesson, make_module, quiz_form


def test_a_republished_module_leaves_the_running_attempt_on_its_version(cast, now, sign_in):
    module = make_module(now)
    assignment = give(cast.rita, module, now)
    rita = sign_in(cast.rita)
    rita.post(reverse("start_attempt", args=[assignment.pk]))
    started_on = module.live_revision_id
    module.title = "Listening, rewritten"
    module.save_revision().publish()

    page = rita.get(reverse("lesson", args=[assignment.pk, 1])).content.decode()
    assert "published anew after you began" in page
    assert "Listening, rewritten" not in page
    learn_all(rita, assignment)
    completion = Completion.objects.get()
    assert completion.revision_id == started_on
    assert completion.title == "Listening"


def test_the_learner_may_begin_again_on_the_new_version(cast, now, sign_in):
    module = make_module(now)
    assignment = give(cast.rita, module, now)
    rita = sign_in(cast.rita)
    rita.post(reverse("start_attempt", args=[assignment.pk]))
    rita.post(reverse("finish_lesson", args=[assignment.pk, 1]))
    old = assignment.attempts.get()
    module.title = "Listening, rewritten"
    module.save_revision().publish()
    module.refresh_from_db()
    rita.post(reverse("restart_attempt", args=[assignment.pk]))
    rita.post(reverse("restart_attempt", args=[assignment.pk]))
    assert assignment.attempts.count() == 2
    assert old.steps.count() == 1, "the first attempt stays as it was"
    with pytest.raises(services.AssignmentError, match="newer version"):
        services.finish_step(actor=cast.rita, attempt=old, step="quiz", now=now)
    learn_all(rita, assignment)
    assert Completion.objects.get().revision_id == module.live_revision_id


def test_no_step_of_another_module_counts(cast, now):
    assignment = give(cast.rita, make_module(now), now)
    attempt = services.start_attempt(actor=cast.rita, assignment=assignment, now=now)
    for step in ("lesson:elsewhere", "", "quiz:"):
        with pytest.raises(services.AssignmentError, match="no such step"):
            services.finish_step(actor=cast.rita, attempt=attempt, step=step, now=now)
    assert not attempt.steps.exists()


def test_a_module_without_quiz_is_complete_after_its_lessons(cast, now, sign_in):
    assignment = give(cast.rita, make_module(now, quiz=[], lessons=[lesson("Only")]), now)
    rita = sign_in(cast.rita)
    rita.post(reverse("start_attempt", args=[assignment.pk]))
    assert rita.get(reverse("quiz", args=[assignment.pk])).status_code == 404
    response = rita.post(reverse("finish_lesson", args=[assignment.pk, 1]), follow=True)
    assert "you have completed this module" in response.content.decode()


def test_learning_time_leaves_long_breaks_out(cast, now):
    module = make_module(now, quiz=[], lessons=[lesson("A"), lesson("B"), lesson("C")])
    assignment = give(cast.rita, module, now)
    attempt = services.start_attempt(actor=cast.rita, assignment=assignment, now=now)
    ids = [entry.id for entry in from_revision(attempt.revision).lessons]
    at = now
    for lesson_id, gap in zip(ids, (120, 5 * 3600, 60), strict=True):
        at += timedelta(seconds=gap)
        services.finish_step(actor=cast.rita, attempt=attempt, step=queries.lesson_step(lesson_id), now=at)
        services.finish_step(actor=cast.rita, attempt=attempt, step=queries.lesson_step(lesson_id), now=at)
    assert Completion.objects.get().seconds == 120 + 600 + 60
    assert queries.seconds_learnt(cast.rita) == 780


def test_completions_are_append_only(cast, now, sign_in):
    learn_all(sign_in(cast.rita), give(cast.rita, make_module(now), now))
    completion = Completion.objects.get()
    for change in (
        completion.save,
        completion.delete,
        Completion.objects.all().delete,
        lambda: Completion.objects.update(seconds=1),
    ):
        with pytest.raises(TypeError, match="append-only"):
            change()


def test_a_completed_module_can_be_read_again_and_nothing_changes(cast, now, sign_in):
    assignment = give(cast.rita, make_module(now), now)
    rita = sign_in(cast.rita)
    learn_all(rita, assignment)
    assert "Read it again" in rita.get(reverse("assignment_detail", args=[assignment.pk])).content.decode()
    assert rita.get(reverse("lesson", args=[assignment.pk, 1])).status_code == 200
    rita.post(reverse("finish_lesson", args=[assignment.pk, 1]))
    rita.post(reverse("quiz", args=[assignment.pk]), quiz_form(assignment.module, number=2))
    assert Completion.objects.count() == 1


def test_a_completion_is_explained_by_what_was_asked_then(cast, now, sign_in):
    module = make_module(now)
    assignment = give(cast.rita, module, now)
    learn_all(sign_in(cast.rita), assignment)
    module.pass_mark = 100
    module.save_revision().publish()
    explained = queries.completion_explained(Assignment.objects.get(pk=assignment.pk))
    assert explained.ready
    assert [c.label for c in explained.criteria][-1] == "Quiz with at least 80 % right"


def test_an_unpublished_module_cannot_be_started_but_finished(cast, now, sign_in):
    module = make_module(now)
    running, waiting = give(cast.rita, module, now), give(cast.ravi, module, now)
    rita = sign_in(cast.rita)
    rita.post(reverse("start_attempt", args=[running.pk]))
    module.unpublish()
    response = sign_in(cast.ravi).post(reverse("start_attempt", args=[waiting.pk]), follow=True)
    assert "not published at the moment" in response.content.decode()
    learn_all(rita, running)
    assert Completion.objects.filter(person=cast.rita).exists()


def test_a_module_with_proofs_cannot_be_deleted_by_editors(cast, now, sign_in):
    module = make_module(now)
    give(cast.rita, module, now)
    response = sign_in(cast.hana).get(f"/cms/pages/{module.pk}/delete/")
    assert response.status_code in (302, 403)


def test_nor_can_several_pages_at_once(cast, now, sign_in):
    module = make_module(now)
    give(cast.rita, module, now)
    address = f"/cms/bulk/wagtailcore/page/delete/?id={module.pk}"
    response = sign_in(cast.edda).post(address, {"next": "/cms/"}, follow=True)
    assert "Unpublish it instead" in response.content.decode()
    assert type(module).objects.filter(pk=module.pk).exists()
