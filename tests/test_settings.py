"""Settings out of the environment: wrong values are named, not guessed at."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import env_flag, env_number


@pytest.mark.parametrize(("value", "expected"), [("", 7), ("12", 12), (" 12 ", 12)])
def test_a_number(monkeypatch, value, expected):
    monkeypatch.setenv("HOW_MANY", value)
    assert env_number("HOW_MANY", default=7) == expected


@pytest.mark.parametrize("value", ["0", "-3", "many", "1.5", "1e3", "²"])
def test_anything_else_is_refused_by_name(monkeypatch, value):
    monkeypatch.setenv("HOW_MANY", value)
    with pytest.raises(ImproperlyConfigured, match="HOW_MANY"):
        env_number("HOW_MANY", default=7)


@pytest.mark.parametrize(("value", "expected"), [("", True), ("0", False), ("yes", True), ("off", False)])
def test_a_flag(monkeypatch, value, expected):
    monkeypatch.setenv("IS_IT", value)
    assert env_flag("IS_IT", default=True) is expected


def test_the_limits_of_imports_come_from_the_environment():
    names = ["MAX_BYTES", "MAX_LINE_BYTES", "MAX_UNPACKED_BYTES", "MAX_XLSX_BYTES", "MAX_XLSX_RATIO", "CHUNK_ROWS"]
    given = {f"IMPORT_{name}": str(number) for number, name in enumerate(names, 11)}
    code = f"import config.settings as s; print([getattr(s, name) for name in {list(given)}])"
    found = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **given, "DEBUG": "1"}, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[11, 12, 13, 14, 15, 16]"


def test_earlier_keys_come_from_the_environment():
    code = "import config.settings as s; print(s.SECRET_KEY_FALLBACKS)"
    given = {**os.environ, "DEBUG": "1", "SECRET_KEY_FALLBACKS": "old-one, older-one,"}
    found = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['old-one', 'older-one']"


@pytest.mark.parametrize(("asked", "expected"), [("", "-c jit=off"), ("?options=-c%20jit%3Don", "-c jit=on")])
def test_statements_are_not_compiled_on_postgresql_unless_the_address_says_so(asked, expected):
    code = "import config.settings as s; print(s.DATABASES['default']['OPTIONS']['options'])"
    given = {**os.environ, "DEBUG": "1", "DATABASE_URL": f"postgres://nobody@localhost/nothing{asked}"}
    found = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == expected
