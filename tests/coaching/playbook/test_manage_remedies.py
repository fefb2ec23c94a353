"""The head keeps the remedies: sees what is covered, adds, changes, pauses."""

import pytest
from django.urls import reverse

from cms.models import Standard
from coaching.playbook.models import Remedy
from coaching.playbook.services import add_starter_remedies
from coaching.quality import services as quality
from learning.modules.services import publish_starter_modules
from people.models import AuditEntry
from tests.factories.learning import make_module


@pytest.fixture
def scorecard(cast, now):
    return quality.ensure_starter_scorecard(actor=None, now=now)


def test_add_change_pause_resume(cast, now, sign_in, scorecard, django_assert_max_num_queries):
    hana = sign_in(cast.hana)
    first, second = make_module(now, "First"), make_module(now, "Second")
    listing = hana.get(reverse("remedy_list")).content.decode()
    assert "Nothing is assigned." in listing
    assert "Names the need" in listing
    criterion = "written-conversation/name-the-need"
    form = hana.get(reverse("remedy_add") + f"?criterion={criterion}").content.decode()
    assert f'<option value="{criterion}" selected' in form
    hana.post(reverse("remedy_add"), {"criterion": criterion, "module": first.pk, "due_in_days": 7})
    remedy = Remedy.objects.get()
    assert (remedy.scorecard_key, remedy.criterion_key, remedy.due_in_days) == ("written-conversation", "name-the-need", 7)

    hana.post(reverse("remedy_edit", args=[remedy.pk]), {"module": second.pk, "due_in_days": 21})
    hana.post(reverse("remedy_pause", args=[remedy.pk]))
    remedy.refresh_from_db()
    assert (remedy.module, remedy.due_in_days, remedy.active) == (second, 21, False)
    with django_assert_max_num_queries(12):
        assert "Paused" in hana.get(reverse("remedy_list")).content.decode()
    hana.post(reverse("remedy_resume", args=[remedy.pk]))
    remedy.refresh_from_db()
    assert remedy.active
    verbs = list(AuditEntry.objects.filter(verb__startswith="remedy.").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["remedy.add", "remedy.change", "remedy.pause", "remedy.resume"]


def test_a_criterion_has_one_remedy_and_mistakes_are_explained(cast, now, sign_in, scorecard):
    hana = sign_in(cast.hana)
    module = make_module(now)
    data = {"criterion": "written-conversation/name-the-need", "module": module.pk, "due_in_days": 7}
    hana.post(reverse("remedy_add"), data)
    assert hana.post(reverse("remedy_add"), data).status_code == 200
    assert Remedy.objects.count() == 1
    wrong = hana.post(reverse("remedy_add"), data | {"criterion": "written-conversation/own-the-mistake", "due_in_days": 0})
    assert "greater than or equal to 1" in wrong.content.decode()
    unknown = hana.post(reverse("remedy_add"), data | {"criterion": "elsewhere/nothing"})
    assert unknown.status_code == 200
    assert Remedy.objects.count() == 1


def test_starter_remedies_cover_what_the_modules_teach(cast, now):
    for key in ("warm-greeting", "name-the-need", "own-the-mistake", "calm-with-upset"):
        Standard.objects.get_or_create(key=key, defaults={"title": key, "behaviour": "…"})
    quality.ensure_starter_scorecard(actor=None, now=now)
    publish_starter_modules(actor=None, now=now)
    added = add_starter_remedies(actor=cast.hana, now=now)
    by_key = {remedy.criterion_key: remedy.module.starter_key for remedy in added}
    assert by_key["name-the-need"] == "a-warm-start"
    assert by_key["own-the-mistake"] == "own-it"
    assert add_starter_remedies(actor=cast.hana, now=now) == []


def test_an_empty_playbook_says_what_to_do(cast, sign_in):
    assert "No published scorecard yet" in sign_in(cast.hana).get(reverse("remedy_list")).content.decode()
