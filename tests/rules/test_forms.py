"""Every choice of a record says in words what choosing none means: Django's "---------" says nothing."""

from __future__ import annotations

import ast

from tests.rules.source import Source, product_python


def wordless_choices(source: Source) -> list[str]:
    """ModelChoiceFields of a form module without an `empty_label`."""
    calls = [node for node in ast.walk(ast.parse(source.text)) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "ModelChoiceField"]
    return [f"{source.path}:{call.lineno}" for call in named if "empty_label" not in {keyword.arg for keyword in call.keywords}]


def test_every_choice_names_its_empty_option():
    sources = [source for source in product_python() if "ModelChoiceField(" in source.text]
    assert len(sources) > 2
    assert [fault for source in sources for fault in wordless_choices(source)] == []


def test_a_wordless_choice_is_noticed():
    text = "from django import forms\nx = forms.ModelChoiceField(queryset=q)\n"
    assert wordless_choices(Source("people/planted.py", text)) == ["people/planted.py:2"]
