"""`manage.py screenshots` says clearly what is missing."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from demo.screens import shoot

pytestmark = pytest.mark.django_db


def test_asks_for_the_demo_where_there_is_none() -> None:
    with pytest.raises(CommandError, match="demo company is not in this database"):
        call_command("screenshots")


def test_names_the_browser_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(shoot.CannotShoot, match="/nowhere/chromium"):
        shoot.find_chromium()
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setattr(shoot.shutil, "which", lambda _name: None)
    with pytest.raises(shoot.CannotShoot, match="apt install chromium"):
        shoot.find_chromium()
