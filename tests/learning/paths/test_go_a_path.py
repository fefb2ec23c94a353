"""A path is given as a whole; its modules come step by step; a choice is the learner's; prerequisites are named."""

from datetime import date

import pytest
from django.urls import reverse

from learning.assignments import services as assignment_services
from learning.assignments.models import Assignment, Completion, PastTraining
from learning.modules.services import publish_module
from learning.paths import queries, services
from learning.paths.models import PathAssignment
from tests.factories.learning import give, learn_all, make_module
from tests.factories.paths import make_path


def text(response) -> str:
    return response.content.decode()


def open_titles(person) -> list[str]:
    return sorted(str(row.module) for row in Assignment.objects.open().filter(person=person).select_related("module"))


@pytest.fixture
def modules(now):
    return {title: make_module(now, title) for title in ("Greeting", "Listening", "Chat", "Phone", "Mail", "Closing")}


@pytest.fixture
def path(now, modules):
    choice = [modules["Chat"], modules["Phone"], modules["Mail"]]
    return make_path(now, ([modules["Greeting"], modules["Listening"]], 2), (choice, 2), ([modules["Closing"]], 1))


def test_from_the_leads_form_to_the_last_step(cast, now, sign_in, modules, path):
    lena, rita = sign_in(cast.lena), sign_in(cast.rita)
    wish = {"teams": [cast.harbour.pk], "due_on": "2099-01-01", "because": "You are new."}
    learn_all(sign_in(cast.ravi), give(cast.ravi, modules["Greeting"], now))
    assert "Given to 2 people." in text(lena.post(reverse("path_assign", args=[path.pk]), wish, follow=True))
    assert "2 people are on it already." in text(lena.post(reverse("path_assign", args=[path.pk]), wish, follow=True))
    assert open_titles(cast.rita) == ["Greeting", "Listening"]
    assert open_titles(cast.ravi) == ["Listening"], "what was completed before counts"
    way = PathAssignment.objects.get(person=cast.rita)
    first = Assignment.objects.get(person=cast.rita, module=modules["Greeting"])
    assert (first.source, first.due_on, first.cause) == ("path", date(2099, 1, 1), f"path:{way.pk}:module:{first.module_id}:1")
    assert "You are new." in first.because
    assert "0 of 3 steps" in text(rita.get(reverse("path_way", args=[way.pk])))
    refused = text(rita.post(reverse("path_take", args=[way.pk, modules["Chat"].pk]), follow=True))
    assert "not part of the step you have reached" in refused

    for title in ("Greeting", "Listening"):
        learn_all(rita, Assignment.objects.get(person=cast.rita, module=modules[title]))
    page = text(rita.get(reverse("path_way", args=[way.pk])))
    assert "1 of 3 steps" in page
    assert "any 2 of these 3" in page
    assert "Here you choose" in page
    assert open_titles(cast.rita) == [], "a choice assigns nothing by itself"
    assert lena.post(reverse("path_take", args=[way.pk, modules["Chat"].pk])).status_code == 403
    for title in ("Chat", "Phone", "Mail", "Mail"):
        rita.post(reverse("path_take", args=[way.pk, modules[title].pk]))
    assert open_titles(cast.rita) == ["Chat", "Mail", "Phone"]
    for title in ("Chat", "Phone"):
        learn_all(rita, Assignment.objects.open().get(person=cast.rita, module=modules[title]))
    assert open_titles(cast.rita) == ["Closing"], "the third of the choice is not needed any more"
    assert Assignment.objects.get(person=cast.rita, module=modules["Mail"]).withdrawn_reason
    assert "2 of 3 steps" in text(lena.get(reverse("path_detail", args=[path.pk])))
    learn_all(rita, Assignment.objects.open().get(person=cast.rita))
    way.refresh_from_db()
    assert way.state == PathAssignment.State.COMPLETED
    assert [step["needed"] for step in way.snapshot] == [2, 2, 1]
    assert [row["title"] for row in way.snapshot[1]["modules"] if row["done_on"]] == ["Chat", "Phone"]
    gone = text(lena.post(reverse("path_assign", args=[path.pk]), wish, follow=True))
    assert "1 person has gone it before and was left out." in gone


def test_steps_are_kept_by_editors_and_who_is_on_the_way_goes_on(cast, now, sign_in, modules):
    edda, rita = sign_in(cast.edda), sign_in(cast.rita)
    edda.post(reverse("path_create"), {"title": "Chat desk", "summary": "Write well."})
    path = queries.path_list(cast.edda).get()
    assert "already" in text(edda.post(reverse("path_create"), {"title": "Chat desk"}))
    assert "no steps yet" in text(rita.post(reverse("path_choose", args=[path.pk]), follow=True))
    add = reverse("step_add", args=[path.pk])
    two = [modules["Chat"].pk, modules["Mail"].pk]
    assert "No more than the modules that are chosen" in text(edda.post(add, {"modules": two, "needed": "3"}))
    edda.post(add, {"modules": two, "needed": ""})
    edda.post(add, {"modules": [modules["Greeting"].pk], "needed": ""})
    rita.post(reverse("path_choose", args=[path.pk]))
    assert open_titles(cast.rita) == ["Chat", "Mail"]
    steps = queries.steps_of(path)
    edda.post(reverse("step_move", args=[path.pk, steps[1].pk]), {"to": "up"})
    assert [step.pk for step in queries.steps_of(path)] == [steps[1].pk, steps[0].pk]
    assert open_titles(cast.rita) == ["Chat", "Greeting", "Mail"], "what is assigned stays; the new first step comes too"
    learn_all(rita, Assignment.objects.get(person=cast.rita, module=modules["Chat"]))
    learn_all(rita, Assignment.objects.get(person=cast.rita, module=modules["Greeting"]))
    edda.post(reverse("step_edit", args=[path.pk, steps[0].pk]), {"modules": two, "needed": "1"})
    way = PathAssignment.objects.get(person=cast.rita)
    assert way.state == PathAssignment.State.COMPLETED, "one of the two is enough now"
    edda.post(reverse("step_remove", args=[path.pk, steps[0].pk]))
    edda.post(reverse("path_archive", args=[path.pk]))
    assert rita.get(reverse("path_detail", args=[path.pk])).status_code == 404
    assert rita.get(reverse("path_way", args=[way.pk])).status_code == 200
    assert "is archived" in text(edda.post(reverse("path_choose", args=[path.pk]), follow=True))
    assert Completion.objects.filter(person=cast.rita).count() == 2


def test_a_withdrawn_path_takes_what_nobody_began(cast, now, sign_in, modules, path):
    way, _new = services.assign_path(
        actor=cast.lena, person=cast.rita, path=path, due_on=None, source="lead", because="", now=now
    )
    sign_in(cast.rita).post(reverse("start_attempt", args=[Assignment.objects.get(module=modules["Greeting"]).pk]))
    lena = sign_in(cast.lena)
    url = reverse("path_withdraw", args=[way.pk])
    assert "the learner reads the reason" in text(lena.post(url, {"reason": ""}))
    for _ in range(2):
        lena.post(url, {"reason": "Another path fits better."})
    assert open_titles(cast.rita) == ["Greeting"]
    page = text(sign_in(cast.rita).get(reverse("path_way", args=[way.pk])))
    assert "Another path fits better." in page
    assert sign_in(cast.rita).post(url, {"reason": "x"}).status_code == 403


def test_prerequisites_say_what_is_missing_and_past_training_counts(cast, now, sign_in, modules):
    phone = modules["Phone"]
    phone.prerequisites = [modules["Greeting"], modules["Listening"]]
    publish_module(actor=None, module=phone, now=now)
    rita = sign_in(cast.rita)
    assert "Greeting" in text(rita.get(reverse("module_detail", args=[phone.pk])))
    refused = text(rita.post(reverse("choose_module", args=[phone.pk]), follow=True))
    assert "has to complete: “Greeting”, “Listening”" in refused
    wish = {"module": phone.pk, "people": [cast.rita.pk], "due_on": "2099-01-01", "because": "x"}
    assert "“Greeting”, “Listening”" in text(sign_in(cast.lena).post(reverse("assign_module"), wish))
    learn_all(rita, give(cast.rita, modules["Greeting"], now))
    with pytest.raises(assignment_services.PrerequisitesMissing) as error:
        give(cast.rita, phone, now)
    assert error.value.modules == [modules["Listening"]]
    PastTraining.objects.create(
        person=cast.rita, title="Listening course", completed_on=date(2020, 5, 1), module=modules["Listening"], imported_at=now
    )
    assert give(cast.rita, phone, now).is_open
    path = make_path(now, ([phone], 1), title="Phone desk")
    ravi = services.choose_path(actor=cast.ravi, path=path, now=now)
    page = text(sign_in(cast.ravi).get(reverse("path_way", args=[ravi.pk])))
    assert "First: Greeting, Listening" in " ".join(page.split())
    assert "Take this one" not in page
