"""Every verb that is recorded in the audit log can be read: it has a sentence, and its fields have names."""

from __future__ import annotations

import ast
import re

import pytest
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import Page
from wagtail.snippets.models import get_snippet_models

from coaching.interactions.models import ImportJob
from people.audit_words import AREAS, VERBS
from tests.rules.source import Source, product_python

VERB = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*$")
RECORDERS = {"record", "record_read", "note_read"}
TEXTS = {"people/audit_words.py", "people/audit_text.py"}


def recorded_verbs(source: Source) -> set[str]:
    """The verbs that a file which writes to the audit log names; put-together ones as "import.{kind}"."""
    tree = ast.parse(source.text)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    if not named & RECORDERS or source.path in TEXTS:
        return set()
    found = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VERB.match(node.value)
    }
    for call in calls:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name in {"note_read", "record_read"} and isinstance(call.args[2], ast.Constant):
            found.add(f"read.{call.args[2].value}")
        parts = [keyword.value for keyword in call.keywords if keyword.arg == "verb"]
        parts += call.args[:1] if name.startswith("_note") else []
        found |= {ast.unparse(part)[2:-1] for part in parts if isinstance(part, ast.JoinedStr)}
    return found


def spelled_out(verb: str) -> set[str]:
    """Every verb that a put-together one can become; fails on one that nobody has thought of."""
    if "{" not in verb:
        return {verb}
    models = [model._meta.model_name for model in get_snippet_models()]
    known = {
        "import.{kind}": {f"import.{kind}" for kind in ImportJob.Kind.values},
        "read.{what[:40]}": set(),  # its callers are looked at themselves
        "page.{action_type}": {f"page.{name}" for name in bulk_action_registry.actions["wagtailcore"]["page"]},
        **{f"{{instance._meta.model_name}}.{act}": {f"{m}.{act}" for m in models} for act in ("create", "edit", "delete")},
    }
    assert verb in known, f"teach tests/rules/test_audit_words.py what {verb} can become"
    return known[verb]


def all_verbs() -> set[str]:
    bulk_action_registry.get_bulk_actions_for_model(Page._meta.app_label, Page._meta.model_name)  # fills the registry
    return {verb for source in product_python() for name in recorded_verbs(source) for verb in spelled_out(name)}


def test_every_recorded_verb_has_words():
    verbs = all_verbs()
    assert len(verbs) > 50
    assert sorted(verbs - set(VERBS)) == []


def test_no_words_for_verbs_that_nobody_records():
    assert sorted(set(VERBS) - all_verbs()) == []


def test_every_area_has_a_name():
    assert {verb.partition(".")[0] for verb in VERBS} == set(AREAS)


@pytest.mark.parametrize("verb", VERBS)
def test_a_sentence_names_who_did_it(verb):
    sentence = str(VERBS[verb].sentence)
    assert sentence.startswith("{actor} ")
    assert set(re.findall(r"{(\w+)}", sentence)) <= {"actor", "target", "subject"}


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("record(actor=a, verb='ship.sink', now=now)", "ship.sink"),
        ("verb = 'ship.sink' if x else 'ship.swim'\nrecord(actor=a, verb=verb, now=now)", "ship.swim"),
        ("note_read(request, person, 'letters', now)", "read.letters"),
        ("record(actor=a, verb=f'ship.{kind}', now=now)", "ship.{kind}"),
    ],
)
def test_a_new_verb_is_seen(text, verb):
    assert verb in recorded_verbs(Source("coaching/planted.py", text))
    assert verb not in VERBS
