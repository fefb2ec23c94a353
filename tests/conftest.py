"""The cast: the same people in every test. Two teams, so that "others" exist.

Care (department)
├── Harbour: lead Lena, reps Rita and Ravi
└── Meadow: lead Lars, rep Otto
Reviewers Vera and Viktor, editor Edda, head Hana, administrator Adam.
"""

from __future__ import annotations

import copy
import gc
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db.models import Model
from django.test import Client
from playwright.sync_api import Page

from people import services
from people.models import Membership, Person, Role, Team
from tests.browser import require_chromium
from tests.migrated import keep_migrated

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs beside the ORM

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
TODAY = date(2026, 6, 15)
PASSWORD = "correct horse battery staple"
ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("UNCOMMON_SHARED", ROOT.parent / "shared"))


def pytest_configure(config: pytest.Config) -> None:
    keep_migrated(config.cache.mkdir("migrated"))


def pytest_collection_finish() -> None:
    """What stays for the whole run (modules, models, the collected tests) is not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Whatever drives Chromium can be chosen by its mark, and left out by it; so can what asks no database."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if {"context", "page"} & fixtures:
        item.add_marker("browser")
    if not {"db", "transactional_db", "live_server"} & fixtures and item.get_closest_marker("django_db") is None:
        item.add_marker("no_database")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that empty the database when they end come last: what migrations wrote into it is gone then.

    pytest-django sees to that too, but pytest then moves all browser tests together, to where the first stood.
    """

    items.sort(key=empties_the_database)


def empties_the_database(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    by_fixture = {"live_server", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(by_fixture) or (marker is not None and bool(marker.kwargs.get("transaction")))


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    """Sign-in attempts are counted in the cache by address, and every test signs in from the same one."""
    cache.clear()


@pytest.fixture
def now() -> datetime:
    return NOW


def _everybody() -> SimpleNamespace:
    """The cast, made through the services."""
    start = date(2025, 1, 1)

    def person(name: str, *roles: Role) -> Person:
        return services.create_person(
            actor=None,
            email=f"{name.lower()}@example.com",
            display_name=f"{name} Example",
            roles=roles,
            time_zone="Europe/Berlin",
            joined_on=start,
            now=NOW,
        )

    c = SimpleNamespace(
        rita=person("Rita", Role.REP),
        ravi=person("Ravi", Role.REP),
        otto=person("Otto", Role.REP),
        lena=person("Lena", Role.LEAD),
        lars=person("Lars", Role.LEAD),
        vera=person("Vera", Role.REVIEWER),
        viktor=person("Viktor", Role.REVIEWER),
        edda=person("Edda", Role.EDITOR),
        hana=person("Hana", Role.HEAD),
        adam=person("Adam", Role.ADMIN),
    )
    c.care = services.create_team(actor=None, name="Care", now=NOW)
    c.harbour = services.create_team(actor=None, name="Harbour", parent=c.care, now=NOW)
    c.meadow = services.create_team(actor=None, name="Meadow", parent=c.care, now=NOW)
    for who, team, kind in (
        (c.rita, c.harbour, Membership.Kind.MEMBER),
        (c.ravi, c.harbour, Membership.Kind.MEMBER),
        (c.otto, c.meadow, Membership.Kind.MEMBER),
        (c.lena, c.harbour, Membership.Kind.LEAD),
        (c.lars, c.meadow, Membership.Kind.LEAD),
    ):
        services.join_team(actor=None, person=who, team=team, kind=kind, starts_on=start, now=NOW)
    return c


_rows: list[list[Model]] = []  # what making the cast wrote, table by table; filled once per process


@pytest.fixture
def cast(db: None, request: pytest.FixtureRequest) -> SimpleNamespace:
    """Everybody, by first name in lower case, and the teams care, harbour, meadow.

    Made through the services once; later tests get the same rows again, at once, and their own objects of them.
    Where databases are emptied, what migrations wrote is gone too, and the rows would point to it.
    """
    if empties_the_database(request.node):
        return _everybody()
    taken = any(type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows]).exists() for rows in _rows)
    if _rows and not taken and not Person.objects.exists():
        for rows in _rows:
            type(rows[0])._base_manager.bulk_create(copy.copy(row) for row in rows)
    else:
        before = {model: set(model._base_manager.values_list("pk", flat=True)) for model in _tables()}
        everybody = _everybody()
        if not _rows:
            added = ([row for row in model._base_manager.order_by("pk") if row.pk not in before[model]] for model in before)
            _rows.extend(rows for rows in added if rows)
        return everybody
    people = {person.display_name.split()[0].lower(): person for person in Person.objects.all()}
    return SimpleNamespace(**people, **{team.name.lower(): team for team in Team.objects.all()})


def _tables() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy]


@pytest.fixture
def sign_in() -> Callable[[Person], Client]:
    """A browser in which this person is signed in."""

    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def shared_data() -> Path:
    """The folder of real third-party data; tests that need it skip where it is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the third-party data folder (../shared/data) is not beside this checkout")
    return folder


# --- Browser ------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Drive the system's Chromium; no browser is downloaded."""
    return {
        **browser_type_launch_args,
        "executable_path": require_chromium(),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    }


@pytest.fixture
def open_as(context, live_server) -> Callable[[Person], Page]:
    """A browser page signed in as this person (the session is made on the server side).

    Use with `live_server`; go to f"{live_server.url}/…". Signing in again replaces the person.
    """

    def opened(person: Person) -> Page:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": live_server.url}])
        return context.new_page()

    return opened
