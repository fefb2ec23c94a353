"""Every URL, for every role: the table of tests/access/ against the running site."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, path

from tests.access_table import (
    LOGIN,
    ROLES,
    WHO,
    Entry,
    Room,
    Status,
    all_entries,
    by_role,
    rooms,
    routes,
    scrubbed,
    without_entry,
)

ENTRIES = all_entries()
NO_SUCH_ID = 987_654_321


def client_of(role: str, world) -> Client:
    client = Client()
    if role != "anonymous":
        client.force_login(getattr(world, WHO[role]), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def status_of(response: HttpResponse) -> Status:
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return LOGIN
    return response.status_code


def deviations(room: Room, entry: Entry, world) -> list[str]:
    """Where the site answers otherwise than the table says."""
    found = []
    for method, expected in (("get", entry.get), ("post", entry.post)):
        if expected is None:
            continue
        for role in ROLES:
            # Each request starts from the same data: what it changes is undone.
            with transaction.atomic():
                client = client_of(role, world)
                url = entry.url(world)
                response = client.get(url) if method == "get" else client.post(url, entry.data(world))
                if status_of(response) != expected[role]:
                    found.append(f"{method.upper()} {url} as {role}: {status_of(response)}, expected {expected[role]}")
                elif method == "get" and expected[role] == 404:
                    found += differs_from_missing(client, entry, world, role, response)
                transaction.set_rollback(True)
    if entry.get is None and entry.post is not None:
        with transaction.atomic():
            allowed = next((role for role in WHO if entry.post[role] not in {403, 404}), "admin")
            status = client_of(allowed, world).get(entry.url(world)).status_code
            if status != 405:
                found.append(f"GET {entry.name} gives {status}: the table says it takes POST only")
            transaction.set_rollback(True)
    return found


def differs_from_missing(client: Client, entry: Entry, world, role: str, response: HttpResponse) -> list[str]:
    args = list(entry.args(world))
    numbers = [index for index, value in enumerate(args) if isinstance(value, int)]
    if not numbers:
        return []
    args[numbers[0]] = NO_SUCH_ID
    missing = client.get(entry.url(world, args))
    if missing.status_code == 404 and scrubbed(missing.content) == scrubbed(response.content):
        return []
    return [f"GET {entry.name} as {role}: the 404 differs from that of an id that does not exist"]


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_each_role_gets_what_the_table_says(room, cast, now):
    """A room's world is made once: every request is undone before the next."""
    assert [str(entry) for entry in room.entries if entry.get is None and entry.post is None] == []
    world = room.world(cast, now)
    found = {}
    for entry in room.entries:
        cache.clear()
        if faults := deviations(room, entry, world):
            found[str(entry)] = faults
    assert found == {}


def test_every_url_of_ours_is_in_the_table():
    assert without_entry({entry.name for _room, entry in ENTRIES}) == []


def test_a_url_without_an_entry_is_noticed():
    names = {entry.name for _room, entry in ENTRIES}
    noticed = set(without_entry(names - {"person_detail"})) - set(without_entry(names))
    assert noticed == {"people/<int:pk>/ (person_detail)"}


def test_a_wrong_answer_is_noticed(cast, now):
    room, _entry = next((room, entry) for room, entry in ENTRIES if entry.name == "people_list")
    wrong = Entry("people_list", get=by_role(200, admin=200))
    assert len(deviations(room, wrong, room.world(cast, now))) == 7


def leaky(request, pk: int) -> HttpResponse:
    return HttpResponse(f"There is no person {pk} for you.", status=404)


class LeakyUrls:
    urlpatterns = [path("leaky/<int:pk>/", leaky, name="leaky")]


@override_settings(ROOT_URLCONF=LeakyUrls, MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"])
def test_a_404_that_tells_is_noticed(cast, now):
    entry = Entry("leaky", args=lambda w: [w.rita.pk], get=dict.fromkeys(ROLES, 404))
    room = Room("leaky", [entry], lambda cast, now: {})
    assert len(deviations(room, entry, room.world(cast, now))) == len(ROLES)


# --- Packages: one rule per prefix --------------------------------------------------------------

SAMPLES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}
# Wagtail serves these two to everybody: its icons and the translations of its scripts.
PUBLIC_IN_CMS = {"cms/sprite/", "cms/jsi18n/", "cms/login/", "cms/logout/", "cms/password_reset/"}


def sample_addresses(prefix: str) -> list[str]:
    """An address for each route that begins so; regular-expression routes are left out."""
    found = []
    for route, _pattern in routes():
        if route.startswith(prefix) and not re.search(r"[\^$(]", route):
            found.append("/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLES.get(m.group(1) or "str", "x"), route))
    return found


def test_no_page_of_a_package_is_open_to_everybody(db):
    client = Client()
    open_pages = [
        address
        for address in sample_addresses("cms/") + sample_addresses("documents/") + ["/guide/", "/guide/anything/"]
        if status_of(client.get(address)) not in {LOGIN, 405} and address.lstrip("/") not in PUBLIC_IN_CMS
    ]
    assert open_pages == []


@pytest.mark.parametrize("role", [role for role in WHO if role != "editor"])
def test_the_editors_admin_refuses_everybody_else(role, cast):
    client = client_of(role, cast)
    admitted = [
        address
        for address in sample_addresses("cms/")
        if address.lstrip("/") not in PUBLIC_IN_CMS and client.get(address).status_code != 403
    ]
    assert admitted == []


def test_nobody_reaches_users_and_groups_in_the_editors_admin(cast):
    client = client_of("editor", cast)
    addresses = sample_addresses("cms/users/") + sample_addresses("cms/groups/")
    assert len(addresses) > 10
    assert [address for address in addresses if client.get(address).status_code not in {404, 405}] == []


def test_only_known_pages_of_the_sign_in_package_are_open():
    names = {pattern.name for route, pattern in routes() if route.startswith("accounts/") and isinstance(pattern, URLPattern)}
    assert names == {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
