"""Documentation: links lead somewhere, variables and commands are those that exist, every app explains itself."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from tests.rules.source import OWN_FOLDERS, ROOT, Source, height, own_files

CONFIGURATION = "docs/operations/configuration.md"
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def pages() -> list[Source]:
    """Every Markdown page of the repository."""
    at_the_root = [Source(path.name, path.read_text(encoding="utf-8")) for path in sorted(ROOT.glob("*.md"))]
    return at_the_root + own_files(".md", folders=(*OWN_FOLDERS, "docs"))


def without_code(text: str) -> str:
    return CODE.sub("", text)


# --- Links ----------------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """The anchors that a page's headings get: small letters, hyphens for spaces, no punctuation."""
    headings = re.findall(
        r"^#+\s+(.+?)\s*$", CODE.sub(lambda found: found[0].strip("`") if "\n" not in found[0] else "", text), re.M
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(source: Source) -> list[str]:
    """Relative links to no file, outside the repository, or to a heading that the page does not have."""
    faults = []
    for link in LINK.findall(without_code(source.text)):
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        name, _, anchor = link.partition("#")
        target = ((ROOT / source.path).parent / name).resolve()
        if name and not (target.is_relative_to(ROOT) and target.exists()):
            faults.append(f"{source.path} → {link}")
        elif anchor and (not name or target.suffix == ".md"):
            text = target.read_text(encoding="utf-8") if name else source.text
            if anchor not in anchors(text):
                faults.append(f"{source.path} → {link}")
    return faults


def test_every_relative_link_leads_somewhere():
    assert len(pages()) >= 10
    assert [fault for source in pages() for fault in dead_links(source)] == []


def test_a_dead_link_is_noticed():
    page = (
        "# One page\n[a](gone.md) ![b](x.png) [c](#one-page) [d](#two) [e](https://example.org/) [f](../../README.md#nothing)\n"
    )
    assert dead_links(Source("docs/guides/planted.md", page)) == [
        "docs/guides/planted.md → gone.md",
        "docs/guides/planted.md → x.png",
        "docs/guides/planted.md → #two",
        "docs/guides/planted.md → ../../README.md#nothing",
    ]
    assert dead_links(Source("docs/planted.md", "[a](../../elsewhere.md)")) == ["docs/planted.md → ../../elsewhere.md"]
    assert dead_links(Source("docs/planted.md", "[a](architecture.md) `[b](gone.md)`\n```\n[c](gone.md)\n```\n")) == []


# --- Indexes --------------------------------------------------------------------------------------


def missing_from_index(index: Source, names: list[str]) -> list[str]:
    """Files beside the index that it does not link."""
    linked = {link.partition("#")[0] for link in LINK.findall(without_code(index.text))}
    return [name for name in names if name not in linked]


def beside(folder: str) -> list[str]:
    return sorted(path.name for path in (ROOT / folder).glob("*.md") if path.name != "README.md")


@pytest.mark.parametrize("folder", ["docs/decisions", "docs/guides"])
def test_the_index_lists_every_page_of_its_folder(folder):
    index = Source(f"{folder}/README.md", (ROOT / folder / "README.md").read_text(encoding="utf-8"))
    assert missing_from_index(index, beside(folder)) == []


def test_a_page_missing_from_the_index_is_noticed():
    index = Source("docs/decisions/README.md", "| [0001](0001-first.md) | First |\n")
    assert missing_from_index(index, ["0001-first.md", "0002-second.md"]) == ["0002-second.md"]


# --- Variables ------------------------------------------------------------------------------------


def variables_read(code: str) -> set[str]:
    """Names of environment variables that settings read: os.environ.get, os.environ[...], os.getenv, env_flag, env_number."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            first = node.args[0] if node.args else None
            if called in {"os.environ.get", "os.getenv", "env_flag", "env_number"} and isinstance(first, ast.Constant):
                found.add(str(first.value))
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ" and isinstance(node.slice, ast.Constant):
            found.add(str(node.slice.value))
    return found


def variables_told(page: str) -> set[str]:
    """Variables named in the first column of the page's tables."""
    cells = re.findall(r"^\|([^|]+)\|", page, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", cell)}


def variable_faults(code: str, page: str) -> list[str]:
    read, told = variables_read(code), variables_told(page)
    return [f"not told: {name}" for name in sorted(read - told)] + [f"not read: {name}" for name in sorted(told - read)]


def test_configuration_tells_every_variable_and_no_other():
    code = (ROOT / "config/settings.py").read_text(encoding="utf-8")
    assert len(variables_read(code)) >= 10
    assert variable_faults(code, (ROOT / CONFIGURATION).read_text(encoding="utf-8")) == []


def test_a_variable_untold_or_invented_is_noticed():
    code = 'a = os.environ.get("ONE", "")\nb = os.environ["TWO"]\nc = env_flag("THREE", default=True)\nd = os.getenv("FOUR")\ne = env_number("SIX", default=6)\n'
    page = "| Variable | Default |\n|---|---|\n| `ONE` or `TWO` | `NOT_A_NAME` |\n| `FIVE` | none |\n"
    assert variable_faults(code, page) == ["not told: FOUR", "not told: SIX", "not told: THREE", "not read: FIVE"]


# --- Commands -------------------------------------------------------------------------------------


def commands_of(script: str) -> set[str]:
    """The words that the script's last `case` answers to."""
    body = script[script.rindex('case "$command" in') :]
    return {word for labels in re.findall(r"^    ([a-z|]+)\)", body, re.MULTILINE) for word in labels.split("|")}


def unknown_commands(source: Source, known: set[str], managed: set[str]) -> list[str]:
    """`./uncommon WORD` that the script does not know, and `./uncommon manage word` that Django does not know."""
    faults = [f"{source.path}: {word}" for word in re.findall(r"\./uncommon ([a-z_]+)", source.text) if word not in known]
    words = re.findall(r"(?:\./uncommon manage|manage\.py) ([a-z_]+)", source.text)
    return faults + [f"{source.path}: manage {word}" for word in words if word not in managed]


def test_every_command_in_the_docs_exists():
    known = commands_of((ROOT / "uncommon").read_text(encoding="utf-8"))
    assert {"demo", "test", "serve", "manage"} <= known
    assert [fault for source in pages() for fault in unknown_commands(source, known, set(get_commands()))] == []


def test_every_command_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    known = commands_of((ROOT / "uncommon").read_text(encoding="utf-8")) - {"help"}
    assert known - set(re.findall(r"\./uncommon ([a-z_]+)", readme)) == set()


def test_an_invented_command_is_noticed():
    page = Source("README.md", "`./uncommon demo`, `./uncommon fly`, `./uncommon manage import_people F`, `manage.py make_tea`")
    assert unknown_commands(page, {"demo", "manage"}, {"import_people"}) == ["README.md: fly", "README.md: manage make_tea"]


def test_the_scripts_commands_are_read():
    script = 'case "$1" in\n    other) x ;;\nesac\ncase "$command" in\n    demo|serve)\n        x ;;\n    help|-h) y ;;\nesac\n'
    assert commands_of(script) == {"demo", "serve"}


# --- Every app explains itself --------------------------------------------------------------------


def apps_without_readme(names: list[str], root: Path) -> list[str]:
    return [name for name in names if not (root / name.replace(".", "/") / "README.md").is_file()]


def test_every_app_has_a_readme():
    assert apps_without_readme(sorted(height()), ROOT) == []


def test_an_app_without_readme_is_noticed(tmp_path):
    (tmp_path / "people").mkdir()
    (tmp_path / "people/README.md").write_text("# people\n")
    assert apps_without_readme(["people", "learning.novelty"], tmp_path) == ["learning.novelty"]


def layers_told(page: str) -> list[str]:
    """The apps of the drawing under "Layers", top to bottom."""
    drawing = page.split("## Layers")[1].split("```")[1]
    return [app for line in drawing.splitlines() for app in re.findall(r"^[a-z_.]+(?: \| [a-z_.]+)*", line)]


def test_the_architecture_page_draws_the_layers_that_are_kept():
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    drawn = {app: line for line, apps_here in enumerate(reversed(layers_told(page)), start=1) for app in apps_here.split(" | ")}
    assert drawn == height()
    assert set(drawn) <= {config.name for config in apps.get_app_configs()}


def test_another_drawing_is_noticed():
    assert layers_told("## Layers\n```\nb | c   two\na       one\n```\n") == ["b | c", "a"]
