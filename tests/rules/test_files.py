"""What the files may hold: length, safety of templates, where the clock and the database are read."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.rules.source import ROOT, Source, own_files, product_python

LONGEST = 500
# Reviewed: each marks only what nh3 has just reduced to its allow-list. Never more than three.
MAY_MARK_SAFE = {"cms/templatetags/cms_text.py", "learning/modules/content.py"}
CLOCKLESS = {"services", "queries", "access", "rules", "models", "scoring", "marking", "figures"}
# Named by packages, or by Django itself.
USED_BY_NAME = ("account/", "400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html")


def names_in(path: str) -> set[str]:
    """Parts of a path without the suffix: what kind of module it is."""
    return set(Path(path).with_suffix("").parts)


# --- Length ---------------------------------------------------------------------------------------


def too_long(source: Source) -> list[str]:
    lines = source.text.count("\n") + 1
    return [f"{source.path}: {lines} lines"] if lines > LONGEST else []


def test_no_file_is_longer_than_500_lines():
    files = own_files(".py", ".html", ".css", ".js")
    assert len(files) > 100
    assert [fault for source in files for fault in too_long(source)] == []


def test_a_long_file_is_noticed():
    assert too_long(Source("people/x.py", "x = 1\n" * LONGEST)) == ["people/x.py: 501 lines"]


# --- Escaping -------------------------------------------------------------------------------------

UNESCAPED = re.compile(r"\|\s*safe\b|\bmark_safe\b|autoescape\s+off|\|\s*safeseq\b|\binnerHTML\b|\bSafeString\(")


def unescaped(source: Source) -> list[str]:
    if source.path in MAY_MARK_SAFE:
        return []
    return [f"{source.path}:{number}" for number, line in enumerate(source.text.splitlines(), 1) if UNESCAPED.search(line)]


def test_nothing_is_shown_unescaped():
    sources = product_python() + own_files(".html", ".js", folders=("templates", "static"))
    assert [fault for source in sources for fault in unescaped(source)] == []
    assert len(MAY_MARK_SAFE) <= 3


@pytest.mark.parametrize(
    "text", ["{{ name|safe }}", "{{ name | safe }}", "x = mark_safe(y)", "{% autoescape off %}", "el.innerHTML = text"]
)
def test_unescaped_text_is_noticed(text):
    assert unescaped(Source("templates/people/x.html", text)) == ["templates/people/x.html:1"]


# --- Inline styles and handlers -------------------------------------------------------------------

INLINE = re.compile(r"<[^>]*?\s(?:style|on[a-z]+)\s*=", re.IGNORECASE)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*(?:\bsrc=|nonce=|type=\"application/json\"))[^>]*>", re.IGNORECASE)


def inline_code(source: Source) -> list[str]:
    """What the content policy would block: style="", onclick="", scripts without a nonce."""
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", source.text, flags=re.DOTALL)
    found = [*INLINE.finditer(text), *INLINE_SCRIPT.finditer(text)]
    return [f"{source.path}: {match.group(0)[:80]}" for match in found]


def test_templates_hold_no_inline_code():
    templates = own_files(".html", folders=("templates",))
    assert [fault for source in templates for fault in inline_code(source)] == []


@pytest.mark.parametrize(
    "text",
    ['<p style="width: 3%">', "<a href='#' onclick='go()'>", "<script>go()</script>", '<div\n class="x"\n style="a">'],
)
def test_inline_code_is_noticed(text):
    assert len(inline_code(Source("templates/x.html", text))) == 1


# --- Templates nobody uses ------------------------------------------------------------------------


def unused_templates(templates: list[str], sources: list[Source]) -> list[str]:
    """Templates named nowhere: whole, or as the stem of a mail (`emails/<name>` + `_subject.txt`)."""
    everything = "\n".join(source.text for source in sources)
    # f"learning/modules/blocks/{kind}.html" stands for every file of that folder.
    families = [
        re.compile(re.escape(start) + "[a-z_]+" + re.escape(end))
        for start, end in re.findall(r'f"([a-z_/]+/)\{[^}"]+\}(\.html)"', everything)
    ]
    faults = []
    for name in templates:
        if name.startswith(USED_BY_NAME) or f'"{name}"' in everything or f"'{name}'" in everything:
            continue
        if any(family.fullmatch(name) for family in families):
            continue
        stem = re.sub(r"(_subject)?\.(txt|html)$", "", name.removeprefix("emails/"))
        if name.startswith("emails/") and f'"{stem}"' in everything:
            continue
        # Wagtail finds a page's template by app and class.
        page = re.sub(r"_", "", Path(name).stem)
        if re.search(rf"^class {page}\b", everything, re.IGNORECASE | re.MULTILINE):
            continue
        faults.append(name)
    return faults


def all_templates() -> list[str]:
    root = ROOT / "templates"
    return [path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.suffix in {".html", ".txt"}]


def test_every_template_is_used():
    sources = product_python() + own_files(".html", ".txt", folders=("templates",))
    assert unused_templates(all_templates(), sources) == []


def test_an_unused_template_is_noticed():
    sources = product_python() + own_files(".html", ".txt", folders=("templates",))
    assert unused_templates(["people/forgotten.html", "emails/forgotten.txt"], sources) == [
        "people/forgotten.html",
        "emails/forgotten.txt",
    ]


# --- Views decide nothing; the clock is read above ------------------------------------------------


def database_in_views(source: Source) -> list[str]:
    if not any(name == "views" or name.endswith("_views") for name in names_in(source.path)):
        return []
    tree = ast.parse(source.text)
    return [
        f"{source.path}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
    ]


def test_views_never_touch_the_database():
    assert [fault for source in product_python() for fault in database_in_views(source)] == []


def test_a_query_in_a_view_is_noticed():
    planted = Source("people/views/x.py", "people = Person.objects.all()\n")
    assert database_in_views(planted) == ["people/views/x.py:1"]


CLOCK = {"now", "utcnow", "today", "localdate", "localtime"}


def clock_read(source: Source) -> list[str]:
    """`timezone.now()`, `datetime.now()`, `date.today()` where `now` and `today` must be handed in."""
    if not CLOCKLESS & names_in(source.path):
        return []
    faults = []
    for node in ast.walk(ast.parse(source.text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in CLOCK:
            continue
        owner = getattr(node.func.value, "id", getattr(node.func.value, "attr", ""))
        converts = node.func.attr in {"localdate", "localtime"} and (node.args or node.keywords)
        if owner in {"timezone", "datetime", "date", "dt"} and not converts:
            faults.append(f"{source.path}:{node.lineno}")
    return faults


def test_the_clock_is_read_only_above():
    assert [fault for source in product_python() for fault in clock_read(source)] == []


@pytest.mark.parametrize("call", ["timezone.now()", "datetime.now(UTC)", "date.today()", "datetime.date.today()"])
def test_a_clock_read_below_is_noticed(call):
    assert clock_read(Source("people/services/x.py", f"x = {call}\n")) == ["people/services/x.py:1"]
    assert clock_read(Source("people/views/x.py", f"x = {call}\n")) == []


# --- Rules the linter keeps -----------------------------------------------------------------------


def test_the_linter_keeps_imports_out_of_functions():
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert {"PLC0415", "BLE", "T20", "DTZ", "S"} <= set(rules["select"])
    assert not {"PLC0415", "BLE", "BLE001"} & set(rules["ignore"])
    assert [s.path for s in product_python() if re.search(r"noqa:.*(PLC0415|BLE001|S608)", s.text)] == []
