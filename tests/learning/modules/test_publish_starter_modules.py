"""The starter modules: complete, valid for the editor, and left alone once editors have them."""

import pytest

from cms.models import Standard
from learning.modules.content import content_digest, from_revision
from learning.modules.models import Module, ModuleIndex
from learning.modules.services import publish_starter_modules, starter_data

pytestmark = pytest.mark.django_db


def test_six_modules_with_lessons_and_five_questions_each(now):
    modules = publish_starter_modules(actor=None, now=now)
    assert len(modules) == 6
    for module in modules:
        content = from_revision(module.live_revision)
        assert 3 <= len(content.lessons) <= 4
        assert len(content.questions) == 5
        assert all(q.explanation and q.right_ids for q in content.questions)
        assert all(answer.feedback for q in content.questions for answer in q.answers)
    assert ModuleIndex.objects.get().get_children().count() == 6


def test_doing_it_again_changes_nothing(now):
    first = publish_starter_modules(actor=None, now=now)
    digests = [content_digest(m.live_revision) for m in first]
    again = publish_starter_modules(actor=None, now=now)
    assert [m.pk for m in again] == [m.pk for m in first]
    assert [m.live_revision_id for m in again] == [m.live_revision_id for m in first]
    assert [content_digest(m.live_revision) for m in again] == digests


def test_an_editors_changes_survive(cast, now):
    module = publish_starter_modules(actor=None, now=now)[0]
    module.title = "Our own words"
    module.save_revision(user=cast.edda).publish()
    publish_starter_modules(actor=None, now=now)
    module.refresh_from_db()
    assert module.title == "Our own words"
    assert Module.objects.count() == 6


def test_links_the_standards_that_exist_also_when_they_come_later(now):
    publish_starter_modules(actor=None, now=now)
    assert not Module.standards.through.objects.exists()
    for key in {key for data in starter_data() for key in data["standards"]} - {"one-voice"}:
        Standard.objects.create(key=key, title=key, behaviour="…")
    modules = publish_starter_modules(actor=None, now=now)
    assert all(m.standards.exists() for m in modules)
    assert sum(m.standards.count() for m in modules) == 14
    assert from_revision(modules[0].live_revision).standard_ids
