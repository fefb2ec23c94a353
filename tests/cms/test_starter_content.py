"""The starter strategy: complete, publishable twice, never overwriting."""

import json
import re

from django.core.management import call_command

from cms import services
from cms.models import Credo, GuideIndex, GuidelineModule, Standard, Vision
from cms.services import StarterResult
from cms.starter import CREDOS, MODULES, STANDARDS
from people.models import AuditEntry


def test_what_is_published_bears_the_date_it_was_published_on(guide, now):
    services.publish_starter_content(actor=None, now=now)
    for model in (GuidelineModule, Vision, Standard, Credo):
        for item in model.objects.all():
            assert item.first_published_at == item.last_published_at == item.latest_revision.created_at == now, item


KEYS = [
    "warm-greeting",
    "name-the-need",
    "verify-understanding",
    "clear-next-step",
    "own-the-mistake",
    "no-false-promise",
    "resolve-at-root",
    "follow-up-as-promised",
    "thank-and-invite",
    "decide-within-limits",
    "hand-over-warmly",
    "calm-with-upset",
    "plain-language",
    "one-voice",
    "protect-customer-data",
]
CLICHES = re.compile(
    r"above and beyond|world.class|delight|customer.centric|synerg|best.in.class|exceed expectations|leverage|seamless|passionate",
    re.I,
)


def _plain(value) -> str:
    if isinstance(value, dict):
        return " ".join(_plain(v) for v in value.values())
    if isinstance(value, list | tuple):
        return " ".join(_plain(v) for v in value)
    return re.sub(r"<[^>]+>", " ", str(value))


def test_publishes_everything_once(guide, cast, now):
    first = services.publish_starter_content(actor=cast.edda, now=now)
    assert first == StarterResult(vision=1, standards=15, credos=5, modules=6)
    entries = AuditEntry.objects.count()
    assert services.publish_starter_content(actor=cast.edda, now=now) == StarterResult()
    assert AuditEntry.objects.count() == entries
    assert (Vision.objects.live().count(), Standard.objects.published().count(), Credo.objects.published().count()) == (1, 15, 5)
    assert GuidelineModule.objects.live().count() == 6
    assert all(page.live_revision_id for page in GuidelineModule.objects.all())


def test_keeps_what_editors_changed(starter, now):
    standard = Standard.objects.get(key="one-voice")
    standard.title = "Ours now"
    standard.save_revision().publish()
    Credo.objects.first().delete()
    result = services.publish_starter_content(actor=None, now=now)
    assert result == StarterResult(credos=1)
    assert Standard.objects.get(key="one-voice").title == "Ours now"


def test_exactly_these_standards_and_each_complete():
    assert set(STANDARDS) == set(KEYS)
    for key, fields in STANDARDS.items():
        for field in ("title", "behaviour", "why", "good_example", "bad_example"):
            assert len(fields[field].split()) >= (2 if field == "title" else 6), (key, field)
        assert len(fields["behaviour"].split()) <= 50, key


def test_every_standard_has_a_module_and_every_credo_a_standard():
    placed = [key for module in MODULES for kind, value in module["body"] if kind == "standards" for key in value]
    assert sorted(placed) == sorted(KEYS)
    assert {credo["standard"] for credo in CREDOS} <= set(KEYS)


def test_modules_have_their_parts_and_length():
    for module in MODULES:
        kinds = [kind for kind, _value in module["body"]]
        assert kinds.count("do_dont") >= 2, module["slug"]
        assert 1 <= kinds.count("conversation") <= 2, module["slug"]
        assert "checklist" in kinds
        words = len(_plain([v for k, v in module["body"] if k != "standards"]).split())
        assert 600 <= words <= 1300, (module["slug"], words)


def test_no_worn_out_phrases_of_our_own():
    text = json.dumps([STANDARDS, CREDOS, MODULES])
    assert CLICHES.search(text) is None


def test_setup_command_builds_site_and_content(db):
    call_command("setup_guide", "--starter", verbosity=0)
    call_command("setup_guide", "--starter", verbosity=0)
    assert GuidelineModule.objects.live().count() == 6
    assert GuideIndex.objects.count() == 1
