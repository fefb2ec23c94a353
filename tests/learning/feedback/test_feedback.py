"""One tap says whether a module helped: with the name, to the editors; changed and taken back at will; answered."""

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from learning.assignments.training.services import complete_by_hand
from learning.feedback.models import ModuleFeedback
from learning.feedback.queries import Helped, all_own_feedback, helped_by_module, helped_by_version
from learning.modules.services import publish_module
from people import services as people_services
from people.models import AuditEntry, Role
from tests.factories.learning import build_module, give, learn_all, lesson, make_module


def main_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode().split("<main")[1]


def completed(cast, person, module, now):
    return complete_by_hand(actor=cast.hana, assignment=give(person, module, now), reason="Seen.", now=now)


def say(client, module, helped="yes", **more):
    return client.post(reverse("say_helped", args=[module.pk]), {"helped": helped, **more}, follow=True)


def test_one_tap_after_completing(cast, now, sign_in):
    module, rita = make_module(now), sign_in(cast.rita)
    assert "Once you have completed it" in main_of(rita.get(reverse("module_detail", args=[module.pk])))
    assert rita.post(reverse("say_helped", args=[module.pk]), {"helped": "yes"}).status_code == 403
    assignment = give(cast.rita, module, now)
    learn_all(rita, assignment)
    page = main_of(rita.get(reverse("assignment_detail", args=[assignment.pk])))
    assert "Your name goes with it" in page
    assert reverse("say_helped", args=[module.pk]) in page
    assert "You said that it did not help." in main_of(say(rita, module, "no"))
    said = ModuleFeedback.objects.get()
    assert (said.helped, said.comment, said.revision_id) == (False, "", module.live_revision_id)
    main_of(say(rita, module, "no", comment="Too <b>long</b>."))
    page = main_of(say(rita, module, "yes"))
    said.refresh_from_db()
    assert (said.helped, said.comment) == (True, "Too <b>long</b>."), "a tap leaves the sentence"
    assert "Too &lt;b&gt;long&lt;/b&gt;." in page
    assert "could not be saved" in main_of(say(rita, module, "perhaps"))
    assert "could not be saved" in main_of(say(rita, module, comment="x" * 1001))
    rita.post(reverse("take_back_helped", args=[module.pk]))
    assert not ModuleFeedback.objects.exists()
    assert not AuditEntry.objects.filter(after__icontains="long").exists(), "no words in the log"


def test_it_reaches_editors_with_the_name_and_nobody_else(cast, now, sign_in):
    module = make_module(now, "Listening")
    done = completed(cast, cast.rita, module, now)
    say(sign_in(cast.rita), module, "no", comment="The example is from another shop.")
    edda = sign_in(cast.edda)
    assert "Listening" in main_of(edda.get(reverse("feedback_list")))
    page = main_of(edda.get(reverse("module_feedback", args=[module.pk])))
    assert "Rita Example" in page
    assert "The example is from another shop." in page
    assert "0 % (0 of 1; between 0 % and 79 %)" in page
    for person in (cast.lena, cast.hana):
        for address in (
            reverse("assignment_detail", args=[done.assignment_id]),
            reverse("module_detail", args=[module.pk]),
            reverse("report_effectiveness"),
        ):
            seen = main_of(sign_in(person).get(address))
            assert "another shop" not in seen
            assert "You said that" not in seen
    assert all_own_feedback(cast.rita).get().comment == "The example is from another shop."


def test_read_and_answered(cast, now, sign_in):
    module = make_module(now, "Listening")
    completed(cast, cast.rita, module, now)
    rita, edda = sign_in(cast.rita), sign_in(cast.edda)
    say(rita, module, "no", comment="Too long.")
    said = ModuleFeedback.objects.get()
    page = reverse("module_feedback", args=[module.pk])
    assert "Too long." in main_of(edda.get(page + "?show=new"))
    edda.post(reverse("mark_feedback_read", args=[said.pk]))
    assert "Nothing of that kind" in main_of(edda.get(page + "?show=new"))
    say(rita, module, "no", comment="Far too long.")
    assert "Far too long." in main_of(edda.get(page + "?show=new")), "a changed sentence is new"
    assert (
        "Write an answer" in edda.post(reverse("answer_feedback", args=[said.pk]), {"answer": " "}, follow=True).content.decode()
    )
    edda.post(reverse("answer_feedback", args=[said.pk]), {"answer": "Two lessons now."})
    assert "Nothing of that kind" in main_of(edda.get(page + "?show=new"))
    assert "Two lessons now." in main_of(rita.get(reverse("module_detail", args=[module.pk])))
    assert "Two lessons now." in main_of(rita.get(reverse("learn_home")))
    assert "Two lessons now." not in main_of(sign_in(cast.ravi).get(reverse("learn_home")))


def test_shares_by_version_count_each_person_once(cast, now, sign_in):
    module = make_module(now, "Listening")
    for person, helped in ((cast.rita, "yes"), (cast.ravi, "no")):
        completed(cast, person, module, now)
        say(sign_in(person), module, helped)
    publish_module(actor=cast.edda, module=module, now=now + timedelta(days=1))
    completed(cast, cast.otto, module, now + timedelta(days=2))
    say(sign_in(cast.otto), module, "yes")
    assert [version.found for version in helped_by_version(module)] == [Helped(2, 3)], "the same words are one version"
    module.lessons = build_lessons("Other")
    publish_module(actor=cast.edda, module=module, now=now + timedelta(days=3))
    completed(cast, cast.rita, module, now + timedelta(days=4))
    say(sign_in(cast.rita), module, "no")
    assert [version.found for version in helped_by_version(module)] == [Helped(0, 1), Helped(2, 3)]
    assert helped_by_module([module.pk]) == {module.pk: Helped(1, 3)}, "each by what they said last"


def build_lessons(title: str):
    return build_module(lessons=[lesson(title)]).lessons


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_share_lies_in_its_interval(helped, more):
    found = Helped(helped, helped + more)
    if found.n == 0:
        assert found.share is None
        assert found.interval is None
    else:
        assert found.share is not None
        assert found.interval is not None
        assert 0 <= found.interval.low <= found.share <= found.interval.high <= 1


@pytest.fixture
def many(cast, now):
    module = make_module(now, "Listening")
    for number in range(30):
        person = people_services.create_person(
            actor=None, email=f"rep{number}@example.com", display_name=f"Rep {number:02}", roles=[Role.REP], now=now
        )
        done = completed(cast, person, module, now)
        ModuleFeedback.objects.create(
            person=person, module=module, revision=done.revision, content_digest=done.content_digest, helped=True,
            comment=f"Sentence {number}", given_at=now,
        )  # fmt: skip
    return module


def test_the_editors_pages_stay_cheap(cast, sign_in, many, django_assert_max_num_queries):
    edda = sign_in(cast.edda)
    edda.get(reverse("feedback_list"))
    with django_assert_max_num_queries(14):
        assert "1 module<" in main_of(edda.get(reverse("feedback_list"))).replace("\n", "")
    with django_assert_max_num_queries(14):
        page = main_of(edda.get(reverse("module_feedback", args=[many.pk])))
    assert "Sentence 29" in page
    assert ">Rep 00<" not in page
    assert "Sentence 0" in main_of(edda.get(reverse("module_feedback", args=[many.pk]) + "?page=2"))
    assert "No module fits" in main_of(edda.get(reverse("feedback_list") + "?q=nothing"))


def test_the_editors_admin_leads_there(cast, now, sign_in):
    module = make_module(now, "Listening")
    page = sign_in(cast.edda).get(reverse("wagtailadmin_pages:edit", args=[module.pk])).content.decode()
    assert reverse("module_feedback", args=[module.pk]) in page
    assert "What learners say" in page
