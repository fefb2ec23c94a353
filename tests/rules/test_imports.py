"""Imports point down, and what import-linter cannot see points down too."""

from __future__ import annotations

import ast
import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from importlinter import cli

from tests.rules.source import ROOT, Source, app_of, height, layers, own_files, product_python

KEPT_APART = {"views", "forms", "urls", "team_views"}  # what no other app may use
SHARED_TEMPLATES = {"ui", "emails", "account"}


def lint(config: str) -> int:
    return cli.lint_imports(config_filename=config, no_cache=True)


@pytest.fixture
def from_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_imports_point_down(from_root):
    assert lint("pyproject.toml") == cli.EXIT_STATUS_SUCCESS


def test_an_import_upward_is_noticed(from_root, tmp_path):
    upside_down = tmp_path / "upside_down.toml"
    upside_down.write_text(
        '[tool.importlinter]\nroot_packages = ["people", "foundation"]\n'
        '[[tool.importlinter.contracts]]\nname = "x"\ntype = "layers"\nlayers = ["foundation", "people"]\n'
    )
    assert lint(str(upside_down)) == cli.EXIT_STATUS_ERROR


# --- A new app that nobody put into the list ------------------------------------------------------


def own_apps() -> list[str]:
    """Installed apps whose code lies in this repository."""
    return [config.name for config in apps.get_app_configs() if (ROOT / config.name.replace(".", "/")).is_dir()]


def missing_from_layers(names: list[str]) -> list[str]:
    return [name for name in names if name not in height()]


def test_every_installed_app_of_ours_stands_in_the_list():
    assert missing_from_layers(own_apps()) == []


def test_every_app_folder_is_installed():
    folders = {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in ROOT.glob("[a-z]*/apps.py")}
    folders |= {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in ROOT.glob("[a-z]*/*/apps.py")}
    assert folders == set(own_apps())
    assert {app for line in layers() for app in line} == folders


def test_a_new_app_missing_from_the_list_is_noticed():
    assert missing_from_layers([*own_apps(), "learning.novelty"]) == ["learning.novelty"]


# --- Links between tables -------------------------------------------------------------------------


def links_upward(found: list[type[models.Model]]) -> list[str]:
    """Relations from a model to one that stands higher or beside it, however they are written."""
    faults = []
    for model in found:
        here = app_of(model.__module__)
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            if field.remote_field is None or here is None:
                continue
            there = app_of(field.remote_field.model.__module__)
            if there is not None and there != here and height()[there] >= height()[here]:
                faults.append(f"{model._meta.label}.{field.name} → {field.remote_field.model._meta.label}")
    return faults


def text_links(source: Source) -> list[str]:
    """Relations upward or sideways written as text: import-linter does not see them."""
    labels = {config.label: config.name for config in apps.get_app_configs()}
    faults = []
    for node in ast.walk(ast.parse(source.text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if not re.search(r"(ForeignKey|OneToOneField|ManyToManyField|ParentalKey|ChooserBlock|ParentalManyToManyField)$", name):
            continue
        for argument in [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "to")]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and "." in argument.value:
                target = labels.get(argument.value.split(".")[0])
                here = app_of(source.path)
                if target in height() and here is not None and target != here and height()[target] >= height()[here]:
                    faults.append(f"{source.path}:{node.lineno} {argument.value}")
    return faults


def test_no_link_points_upward():
    assert links_upward(list(apps.get_models())) == []


def test_no_link_upward_is_written_as_text():
    assert [fault for source in product_python() for fault in text_links(source)] == []


def test_a_link_upward_is_noticed():
    class Upward(models.Model):
        standard = models.ForeignKey("cms.Standard", on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "people"
            managed = False

    Upward.__module__ = "people.models"
    try:
        assert links_upward([Upward]) == ["people.Upward.standard → cms.Standard"]
    finally:
        del apps.all_models["people"]["upward"]
        apps.clear_cache()


def test_a_link_written_as_text_is_noticed():
    planted = Source("people/models.py", 'x = models.ForeignKey("cms.Standard", on_delete=models.CASCADE)\n')
    assert text_links(planted) == ["people/models.py:1 cms.Standard"]
    own = Source("cms/models/x.py", 'x = models.ForeignKey("cms.Standard", on_delete=models.CASCADE)\n')
    assert text_links(own) == []


# --- One app's pages used by another --------------------------------------------------------------


def borrowed_modules(source: Source) -> list[str]:
    """Imports of another app's views, forms or urls."""
    here = app_of(source.path)
    if here == "config":
        return []
    faults = []
    for node in ast.walk(ast.parse(source.text)):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            there = app_of(name)
            inner = name.removeprefix(f"{there}.").split(".")[0] if there else ""
            if there and there != here and inner in KEPT_APART:
                faults.append(f"{source.path}:{node.lineno} {name}")
    return faults


def borrowed_templates(source: Source) -> list[str]:
    """Templates of another app, named in Python or in a template.

    Parts (`_tile.html`) of a lower app may be included; whole pages, and anything of a higher app or a sibling, not.
    """
    folder = {app: app.replace(".", "/") + "/" for app in height()}
    here = app_of(source.path.removeprefix("templates/"))
    if here is None or here == "config":
        return []
    pattern = r'"([a-z_]+(?:/[a-z_]+)*\.(?:html|txt))"' if source.path.endswith(".py") else r'{% (?:include|extends) "([^"]+)"'
    faults = []
    for name in re.findall(pattern, source.text):
        if name.split("/")[0] in SHARED_TEMPLATES or "/" not in name:
            continue
        owner = next((app for app, start in folder.items() if name.startswith(start)), None)
        is_part = name.rsplit("/", 1)[-1].startswith("_")
        if owner is not None and owner != here and not (is_part and height()[owner] < height()[here]):
            faults.append(f"{source.path} {name}")
    return faults


def test_no_app_uses_anothers_views_forms_or_urls():
    assert [fault for source in product_python() for fault in borrowed_modules(source)] == []


def test_no_app_uses_anothers_templates():
    sources = product_python() + own_files(".html", folders=("templates",))
    assert [fault for source in sources for fault in borrowed_templates(source)] == []


def test_a_borrowed_view_is_noticed():
    planted = Source("coaching/metrics/views.py", "from people.views import directory\n")
    assert borrowed_modules(planted) == [
        "coaching/metrics/views.py:1 people.views",
        "coaching/metrics/views.py:1 people.views.directory",
    ]


def test_a_borrowed_template_is_noticed():
    planted = Source("coaching/metrics/views.py", 'render(request, "people/people_list.html")\n')
    assert borrowed_templates(planted) == ["coaching/metrics/views.py people/people_list.html"]
    beside = Source("templates/coaching/metrics/x.html", '{% include "coaching/quality/_x.html" %}')
    assert borrowed_templates(beside) == ["templates/coaching/metrics/x.html coaching/quality/_x.html"]
    part_below = Source("templates/coaching/metrics/x.html", '{% include "people/_x.html" %}')
    assert borrowed_templates(part_below) == []


def test_people_data_is_never_wagtails():
    """The API of Wagtail stays off: it would show people's data round access.py."""
    assert [app for app in settings.INSTALLED_APPS if app.startswith("wagtail.api")] == []
