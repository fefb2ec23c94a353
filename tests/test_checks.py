"""`check --deploy` names each mistake of the environment; /healthz and /readyz say how it is."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings

from config import checks, views
from tests.rules.source import ROOT

GOOD = {
    "SECRET_KEY": "k3-Jq8vZ!x0pWm2Rt6Yb9Ns4Hd7Lf1Gc5Ua-Ei_Ok+Pz.Xw,Vt;Bq",
    "ALLOWED_HOSTS": "learn.example.com",
    "BASE_URL": "https://learn.example.com",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.com:587",
    "DATABASE_URL": "postgres://uncommon@127.0.0.1:1/uncommon",
}
BASE = {"BASE_URL": "https://learn.example.com"}
CASES = [
    (checks.check_secret_key, {"SECRET_KEY": "short"}, "uncommon.E001"),
    (checks.check_secret_key, {"SECRET_KEY": "for-development-only-" + "xyzabc" * 10}, "uncommon.E001"),
    (checks.check_debug, {"DEBUG": True}, "uncommon.E002"),
    (checks.check_hosts, {"ALLOWED_HOSTS": ["*"]}, "uncommon.E003"),
    (checks.check_hosts, {"ALLOWED_HOSTS": [".example.com"]}, "uncommon.E003"),
    (checks.check_hosts, {"ALLOWED_HOSTS": ["localhost"]}, "uncommon.W003"),
    (checks.check_base_url, {"BASE_URL": "http://learn.example.com"}, "uncommon.W004"),
    (checks.check_base_url, {"BASE_URL": "https://localhost"}, "uncommon.W004"),
    (checks.check_mail, {"EMAIL_URL": "console://"}, "uncommon.W005"),
    (checks.check_cache, {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}}, "uncommon.W006"),
    (checks.check_content_origin, {"CONTENT_ORIGIN": "content.example.com"}, "uncommon.E009"),
    (checks.check_content_origin, {"CONTENT_ORIGIN": "https://learn.example.com:8443", **BASE}, "uncommon.E010"),
    (checks.check_content_origin, {"CONTENT_ORIGIN": "http://content.example.com", **BASE}, "uncommon.W009"),
    (checks.check_assistant, {"ASSISTANT_KEY": "a-key-alone"}, "uncommon.E008"),
    (checks.check_assistant, {"ASSISTANT_URL": "llm.example.com/v1", "ASSISTANT_MODEL": "small"}, "uncommon.E008"),
    (checks.check_assistant, {"ASSISTANT_URL": "http://llm.example.com/v1", "ASSISTANT_MODEL": "small"}, "uncommon.W008"),
    (checks.check_badges, {"OPEN_BADGES": True}, "uncommon.E011"),
    (checks.check_badges, {"OPEN_BADGES": True, "OPEN_BADGES_KEY": "c2hvcnQ="}, "uncommon.E011"),
    (checks.check_badges, {"OPEN_BADGES": True, "OPEN_BADGES_KEY": "A" * 43, "BASE_URL": "http://x.example"}, "uncommon.W010"),
]


@pytest.mark.parametrize(
    ("check", "mistake", "name"), CASES, ids=[f"{case[2]}-{next(iter(case[1].values()))}"[:40] for case in CASES]
)
def test_each_mistake_is_named_with_what_to_do(check, mistake, name):
    with override_settings(**mistake):
        (message,) = check()
    assert message.id == name
    assert message.hint


def test_an_old_sqlite_is_named(monkeypatch):
    sqlite = {"default": {"ENGINE": "foundation.sqlite", "NAME": "x"}}
    monkeypatch.setattr(checks, "sqlite_version", lambda: (3, 40, 1))
    monkeypatch.setattr(checks.settings, "DATABASES", sqlite)
    (message,) = checks.check_sqlite()
    assert (message.id, isinstance(message, CheckWarning)) == ("uncommon.W007", True)
    monkeypatch.setattr(checks, "sqlite_version", lambda: (3, 51, 3))
    assert checks.check_sqlite() == []


def check_deploy(**changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **GOOD, **changes}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={name: value for name, value in environment.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_good_environment_gives_no_warning():
    run = check_deploy(CONTENT_ORIGIN="https://content.learn.example.com")
    assert run.returncode == 0, run.stderr
    assert "no issues" in run.stdout + run.stderr


def test_all_mistakes_are_named_at_once():
    run = check_deploy(DEBUG="1", SECRET_KEY="short", ALLOWED_HOSTS="*", BASE_URL="", EMAIL_URL="")
    assert run.returncode != 0
    for name in ("uncommon.E001", "uncommon.E002", "uncommon.E003", "uncommon.W004", "uncommon.W005"):
        assert name in run.stderr


def test_without_a_secret_key_it_says_what_to_do():
    run = check_deploy(SECRET_KEY="")
    assert "SECRET_KEY is not set" in run.stderr


# --- Health ---------------------------------------------------------------------------------------


def test_healthz_needs_no_database():
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_readyz_is_ready(db):
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "migrations": "ok"}


def test_readyz_waits_for_migrations(db):
    MigrationRecorder.Migration.objects.filter(app="people").latest("pk").delete()
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"] == "pending"


def test_readyz_says_when_the_database_is_gone(db, monkeypatch):
    def gone(connection):
        raise DatabaseError("gone")

    monkeypatch.setattr(views, "MigrationExecutor", gone)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "unreachable"
