"""A module in another language: made as a draft, offered, and the same as its original for all that asks who learnt what."""

from datetime import date

import pytest
from django.urls import reverse

from learning.assignments.models import Assignment, PastTraining
from learning.assignments.services import AlreadyAssigned, PrerequisitesMissing
from learning.modules.models import Module
from learning.modules.services import publish_module
from learning.modules.translation_rule import why_no_translation
from learning.paths.queries import progress_of
from people.models import AuditEntry
from tests.factories.learning import build_module, give, learn_all, lesson, make_module
from tests.factories.paths import make_path
from tests.learning.modules.test_module_file import changed, exported, uploaded


def main_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode().split("<main")[1]


def in_german(now, original: Module, title: str = "Zuhören") -> Module:
    return make_module(now, title, language="de", translation_of=original, lessons=[lesson("Erstens"), lesson("Zweitens")])


@pytest.fixture
def pair(cast, now):
    original = make_module(now, "Listening")
    return original, in_german(now, original)


def test_an_editor_makes_a_draft_in_another_language(cast, now, sign_in):
    original = build_module("Listening")
    original.tags.add("Tone")
    publish_module(actor=None, module=original, now=now)
    edda = sign_in(cast.edda)
    answer = edda.post(reverse("translate_module", args=[original.pk]), {"language": "de"})
    draft = Module.objects.exclude(pk=original.pk).get()
    assert answer.url == reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert (draft.live, draft.language, draft.translation_of, draft.slug) == (False, "de", original, "listening-de")
    assert [tag.name for tag in draft.tags.all()] == ["Tone"]
    assert [b.value["title"] for b in draft.lessons] == [b.value["title"] for b in original.lessons]
    assert AuditEntry.objects.filter(verb="module.translate", actor=cast.edda).count() == 1
    assert edda.get(answer.url).status_code == 200
    again = edda.post(reverse("translate_module", args=[original.pk]), {"language": "de"}, follow=True)
    assert "is in this language already" in again.content.decode()
    assert (
        "Choose a language"
        in edda.post(reverse("translate_module", args=[original.pk]), {"language": "xx"}, follow=True).content.decode()
    )
    assert Module.objects.count() == 2


def test_what_can_be_no_translation(now, pair):
    original, german = pair
    other = make_module(now, "Other")
    assert why_no_translation(original, original, "fr")
    assert why_no_translation(other, german, "fr"), "no translation of a translation"
    assert why_no_translation(original, other, "fr"), "an original stays one"
    assert why_no_translation(other, original, "de"), "one for each language"
    assert why_no_translation(other, original, "en")
    assert why_no_translation(other, original, "fr") == ""
    assert why_no_translation(german, original, "de") == ""
    copy = german.copy(update_attrs={"slug": "copied"}, keep_live=False)
    assert copy.specific.translation_of is None, "a copy is a module of its own"


def test_the_page_offers_the_other_language_and_says_what_is_spoken(cast, now, sign_in, pair):
    original, german = pair
    rita = sign_in(cast.rita)
    page = main_of(rita.get(reverse("module_detail", args=[original.pk])))
    assert f'href="{reverse("module_detail", args=[german.pk])}" lang="de" hreflang="de">Zuhören</a>' in page
    listed = main_of(rita.get(reverse("learn_catalogue")))
    assert listed.index(">Listening</a>") < listed.index(">Zuhören</a>")
    assert "Deutsch" in listed
    make_module(now, "Zzz")
    listed = main_of(rita.get(reverse("learn_catalogue")))
    assert listed.index(">Zzz</a>") < listed.index(">Zuhören</a>"), "one's own language first"
    only = main_of(rita.get(reverse("learn_catalogue") + "?language=de"))
    assert "Zuhören" in only
    assert ">Listening</a>" not in only
    assignment = give(cast.rita, german, now)
    rita.post(reverse("start_attempt", args=[assignment.pk]))
    assert 'class="lesson__body" lang="de" dir="ltr"' in main_of(rita.get(reverse("lesson", args=[assignment.pk, 1])))


def test_learnt_in_one_is_learnt_in_all(cast, now, sign_in, pair):
    original, german = pair
    after = make_module(now, "After")
    after.prerequisites.set([original])
    publish_module(actor=None, module=after, now=now)
    path = make_path(now, ([original], 1))
    with pytest.raises(PrerequisitesMissing):
        give(cast.rita, after, now)
    learn_all(sign_in(cast.rita), give(cast.rita, german, now))
    give(cast.rita, after, now)
    assert progress_of(path, cast.rita).is_met
    assert not progress_of(path, cast.ravi).is_met
    PastTraining.objects.create(person=cast.ravi, title="X", completed_on=date(2020, 1, 1), module=german, imported_at=now)
    give(cast.ravi, after, now)
    assert ">Listening</a>" in main_of(sign_in(cast.rita).get(reverse("learn_catalogue") + "?state=completed"))


def test_one_to_do_in_whatever_language(cast, now, sign_in, pair):
    original, german = pair
    given = give(cast.rita, original, now, due_on=date(2099, 1, 1))
    with pytest.raises(AlreadyAssigned):
        give(cast.rita, german, now)
    rita = sign_in(cast.rita)
    assert "Learn it in German instead" in main_of(rita.get(reverse("module_detail", args=[german.pk])))
    rita.post(reverse("choose_module", args=[german.pk]))
    changed_one = Assignment.objects.get()
    assert (changed_one.pk, changed_one.module_id, changed_one.due_on) == (given.pk, german.pk, date(2099, 1, 1))
    assert changed_one.because == "It helps."
    assert AuditEntry.objects.filter(verb="assignment.change_language").count() == 1
    rita.post(reverse("start_attempt", args=[given.pk]))
    told = rita.post(reverse("choose_module", args=[original.pk]), follow=True)
    assert "You have begun it in another language" in told.content.decode()
    assert Assignment.objects.get().module_id == german.pk
    learn_all(rita, Assignment.objects.get())
    rita.post(reverse("choose_module", args=[original.pk]))
    assert Assignment.objects.open().get().cycle == 2


def test_tags_and_language_travel_with_the_file(cast, now, sign_in):
    module = build_module("Zuhören", language="de")
    module.tags.add("Ton", "Beschwerden")
    publish_module(actor=None, module=module, now=now)
    content = exported(sign_in, cast.hana, module)
    uploaded(sign_in, cast.edda, content)
    draft = Module.objects.exclude(pk=module.pk).get()
    assert draft.language == "de"
    assert sorted(tag.name for tag in draft.tags.all()) == ["Beschwerden", "Ton"]
    assert sorted(tag.name for tag in draft.latest_revision.as_object().tags.all()) == ["Beschwerden", "Ton"]
    uploaded(sign_in, cast.edda, changed(content, tags=None, language=None))
    assert Module.objects.latest("pk").language == "en", "a file from before there were languages"
    for broken in ({"language": "xx"}, {"tags": "Ton"}, {"tags": [1]}, {"tags": ["x" * 101]}):
        assert uploaded(sign_in, cast.edda, changed(content, **broken)).status_code == 422, broken
    assert Module.objects.count() == 3
