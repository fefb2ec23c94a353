"""Every page of the access table, asked for as administrator and as each other role: what all pages have in common.

Reading changes nothing; forms need their token; the headers that keep a page apart are there.
"""

from __future__ import annotations

import hashlib
import json

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from people.models import AuditEntry, Team
from tests.access_table import ROLES, Entry, rooms
from tests.test_access_table import client_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def canonical_dump() -> dict[str, str]:
    """A digest of each table. Two things may follow from reading: a longer session, and the note of who read whose record."""
    digests = {}
    for model in apps.get_models():
        if model is Session or not model._meta.managed or model._meta.proxy:
            continue
        names = [field.attname for field in model._meta.concrete_fields]
        objects = model._base_manager.order_by("pk")
        if model is AuditEntry:
            objects = objects.exclude(verb__startswith="read.")
        rows = [json.dumps(row, cls=DjangoJSONEncoder, default=str) for row in objects.values_list(*names)]
        digests[model._meta.label] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return digests


def changed_by_reading(entries: list[Entry], world, roles=ROLES) -> list[str]:
    """Tables that differ after every GET of these entries. Each role signs in before the first look."""
    clients = {role: client_of(role, world) for role in roles}
    before = canonical_dump()
    for entry in entries:
        if entry.get is not None:
            for client in clients.values():
                client.get(entry.url(world))
    after = canonical_dump()
    return [label for label, digest in after.items() if before[label] != digest]


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_reading_changes_nothing(room, cast, now):
    world = room.world(cast, now)
    assert any(entry.get is not None for entry in room.entries)
    assert changed_by_reading(room.entries, world) == []


def grow(request) -> HttpResponse:
    Team.objects.create(name=f"Planted {timezone.now()}")
    return HttpResponse("a GET that writes")


class PlantedUrls:
    urlpatterns = [path("grow/", grow, name="grow")]


@override_settings(ROOT_URLCONF=PlantedUrls)
def test_a_get_that_writes_is_noticed(cast):
    with override_settings(MIDDLEWARE=[]):
        assert changed_by_reading([Entry("grow", get={})], cast, roles=["anonymous"]) == ["people.Team"]


# --- Forms need their token -----------------------------------------------------------------------


def posted_without_token(entry: Entry, world, person) -> int:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend=BACKEND)
    response = client.post(entry.url(world), entry.data(world))
    refused = response.status_code == 403 and "Please send it again" in response.content.decode()
    return 403 if refused else response.status_code


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_form_without_its_token_is_refused(room, cast, now):
    unsafe = [entry for entry in room.entries if entry.post is not None and not entry.without_cookies]
    world = room.world(cast, now) if unsafe else None
    answers = {str(entry): posted_without_token(entry, world, cast.adam) for entry in unsafe}
    assert {name: status for name, status in answers.items() if status != 403} == {}


@override_settings(ROOT_URLCONF=PlantedUrls, MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"])
def test_a_form_that_needs_no_token_is_noticed(cast):
    assert posted_without_token(Entry("grow", post={}), cast, cast.adam) == 200


# --- Headers --------------------------------------------------------------------------------------

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
REFERRER_POLICIES = {"same-origin", "no-referrer"}  # the second where the address itself is a secret
POLICY = [
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
]
FORBIDDEN_IN_POLICY = ("unsafe-inline", "unsafe-eval", "*", "http:", "https:")


def missing_headers(response: HttpResponse) -> list[str]:
    faults = [f"{name}: {response.get(name)}" for name, value in EXPECTED.items() if response.get(name) != value]
    if response.get("Referrer-Policy") not in REFERRER_POLICIES:
        faults.append(f"Referrer-Policy: {response.get('Referrer-Policy')}")
    policy = response.get("Content-Security-Policy", "")
    faults += [f"no {part} in the policy" for part in POLICY if part not in policy]
    faults += [f"{word} in the policy" for word in FORBIDDEN_IN_POLICY if word in policy]
    for directive in ("script-src", "style-src"):
        if f"{directive} 'self'" not in policy:
            faults.append(f"{directive} is open")
    return faults


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_every_page_carries_the_headers(room, cast, now):
    world = room.world(cast, now)
    faults = {}
    for role in ("anonymous", "rep", "lead", "admin"):
        client = client_of(role, world)
        for entry in room.entries:
            if entry.get is not None and not entry.framed:
                response = client.get(entry.url(world))
                found = missing_headers(response)
                if found:
                    faults[f"{entry} as {role} ({response.status_code})"] = found
    assert faults == {}


@pytest.mark.parametrize("address", ["/accounts/login/", "/nowhere/", "/accounts/password/reset/"])
def test_pages_outside_the_table_carry_them_too(db, address):
    assert missing_headers(Client().get(address)) == []


@override_settings(ROOT_URLCONF=PlantedUrls, MIDDLEWARE=[])
def test_missing_headers_are_noticed(db):
    assert len(missing_headers(Client().get("/grow/"))) == 1 + len(EXPECTED) + len(POLICY) + 2


def test_an_open_policy_is_noticed():
    policy = "; ".join(POLICY) + "; script-src 'self' 'unsafe-inline'"
    response = HttpResponse(headers=EXPECTED | {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"})
    assert missing_headers(response) == ["unsafe-inline in the policy", "style-src is open"]


def test_cookies_stay_on_this_site(cast):
    client = Client()
    cast.rita.set_password("seven small blue boats")
    cast.rita.save()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": cast.rita.email, "password": "seven small blue boats"})
    assert {"session", "csrf"} <= set(client.cookies)
    for name in ("session", "csrf"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"
        assert not client.cookies[name]["domain"]
