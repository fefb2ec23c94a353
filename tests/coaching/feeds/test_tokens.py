"""API tokens: shown once, limited by scope, source, time and number of calls, and gone with their owner (S-08, S-37, S-38)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from coaching.feeds import services
from coaching.feeds.models import ApiToken, Scope
from coaching.interactions.models import Interaction
from foundation.secrets import digest
from people.models import AuditEntry, Person, Role
from people.services import deactivate_person, grant_role, revoke_role
from tests.coaching.feeds.conftest import Caller, case

BATCHES = {
    "interactions": [case("1")],
    "messages": [{"case": "1", "external_id": "m", "sent_at": "2026-06-10T08:00:00Z", "body": "x"}],
    "surveys": [{"external_id": "s", "value": 5, "responded_at": "2026-06-10T08:00:00Z"}],
}


def make_token_on_the_page(client, **fields):
    data = {"name": "Nightly", "scopes": ["interactions:write"], "source": "", "expires_on": "", **fields}
    return client.post("/metrics/feeds/tokens/new/", data)


def test_a_token_is_shown_once_and_only_its_hash_is_stored(cast, sign_in, django_capture_on_commit_callbacks):
    client = sign_in(cast.adam)
    made = make_token_on_the_page(client)
    secret = made.context["secret"]
    assert secret.startswith("unc_")
    assert len(secret) == 47
    assert secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    token = ApiToken.objects.get()
    assert token.digest == digest(secret)
    for page in ("/metrics/feeds/tokens/", f"/metrics/feeds/tokens/{token.pk}/", f"/metrics/feeds/tokens/{token.pk}/confirm/"):
        body = client.get(page).content.decode()
        assert secret not in body
        assert token.digest not in body
    assert secret not in str(AuditEntry.objects.values_list("after", "target_name"))
    assert (
        Caller(secret, django_capture_on_commit_callbacks).post("interactions", {"source": "z", "rows": [case()]}).status_code
        == 200
    )
    assert "never" not in client.get("/metrics/feeds/tokens/").content.decode()


def test_the_form_says_what_is_missing(cast, sign_in):
    page = make_token_on_the_page(sign_in(cast.adam), scopes=[], name="")
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"name", "scopes"}
    late = make_token_on_the_page(sign_in(cast.adam), expires_on="2020-01-01")
    assert "later day" in late.content.decode()
    wrong = make_token_on_the_page(sign_in(cast.adam), source="zen desk")
    assert "letters, digits" in wrong.content.decode()
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("kind", list(BATCHES))
def test_each_scope_opens_its_own_door_and_no_other(make_caller, kind):
    for scope in Scope.values:
        response = make_caller(scope).post(kind, {"source": "zendesk", "rows": BATCHES[kind]})
        assert response.status_code == (200 if scope == f"{kind}:write" else 403), scope
        if response.status_code == 403:
            assert f"{kind}:write" in response.json()["detail"]


def test_only_the_reading_scope_reads(make_caller, caller):
    caller.post("interactions", {"source": "zendesk", "rows": [case("a/b c", subject="Secret words", customer="Mrs Smith")]})
    for scope in Scope.values:
        response = make_caller(scope).get("interactions/zendesk/a/b%20c")
        assert response.status_code == (200 if scope == "interactions:read" else 403)
    told = make_caller("interactions:read").get("interactions/zendesk/a/b%20c")
    assert told.json()["external_id"] == "a/b c"
    assert "Secret words" not in told.content.decode()
    assert "Smith" not in told.content.decode()


def test_a_token_of_one_source_neither_writes_nor_sees_another(make_caller, caller):
    caller.post("interactions", {"source": "phone", "rows": [case("1")]})
    limited = make_caller(source="zendesk")
    response = limited.post("interactions", {"source": "phone", "rows": [case("2")]})
    assert response.status_code == 403
    assert "zendesk" in response.json()["detail"]
    assert limited.get("interactions/phone/1").status_code == 404
    assert limited.get("interactions/phone/1").content == limited.get("interactions/phone/no-such").content
    assert limited.post("interactions", {"source": "zendesk", "rows": [case("2")]}).status_code == 200


@pytest.mark.parametrize("path", ["interactions/zendesk/%00", "interactions/zendesk/" + "x" * 300, "interactions/%ff/1"])
def test_strange_ids_are_simply_not_there(caller, path):
    assert caller.get(path).status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic abc", "bearer", "Bearer ünï"])
def test_without_a_valid_token_nobody_gets_in(cast, client, header):
    response = client.post("/api/v1/interactions", "{}", content_type="application/json", headers={"Authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert "token" in response.json()["detail"]


def test_a_session_is_no_token(cast, sign_in):
    assert sign_in(cast.adam).post("/api/v1/interactions", "{}", content_type="application/json").status_code == 401


def test_a_revoked_token_is_refused_from_then_on(caller, cast, sign_in):
    client = sign_in(cast.adam)
    assert caller.post("interactions", {"source": "z", "rows": [case()]}).status_code == 200
    assert client.get(f"/metrics/feeds/tokens/{caller.token.pk}/revoke/").status_code == 405
    client.post(f"/metrics/feeds/tokens/{caller.token.pk}/revoke/")
    assert caller.post("interactions", {"source": "z", "rows": [case("2")]}).status_code == 401
    assert list(AuditEntry.objects.filter(verb="token.revoke").values_list("actor", flat=True)) == [cast.adam.pk]
    assert "Revoked" in client.get("/metrics/feeds/tokens/").content.decode()


def test_an_expired_token_is_refused(make_caller, time_machine):
    limited = make_caller(expires_at=timezone.now() + timedelta(minutes=5))
    assert limited.post("interactions", {"source": "z", "rows": [case()]}).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    assert limited.post("interactions", {"source": "z", "rows": [case("2")]}).status_code == 401


def test_a_token_ends_with_its_owner(make_caller, cast, now):
    grant_role(actor=None, person=cast.lena, role=Role.ADMIN, now=now)
    lenas, adams = make_caller(owner=Person.objects.get(pk=cast.lena.pk)), make_caller(owner=cast.adam)
    assert lenas.post("interactions", {"source": "z", "rows": [case("1")]}).status_code == 200
    deactivate_person(actor=None, person=cast.lena, now=now)
    assert lenas.post("interactions", {"source": "z", "rows": [case("2")]}).status_code == 401
    assert adams.post("interactions", {"source": "z", "rows": [case("3")]}).status_code == 200
    assert sorted(Interaction.objects.values_list("external_id", flat=True)) == ["1", "3"]


def test_a_token_ends_with_its_owners_role(make_caller, cast, now, sign_in):
    grant_role(actor=None, person=cast.lena, role=Role.ADMIN, now=now)
    caller = make_caller(owner=Person.objects.get(pk=cast.lena.pk))
    assert caller.get("interactions/z/1").status_code == 404
    revoke_role(actor=None, person=cast.lena, role=Role.ADMIN, now=now)
    assert caller.get("interactions/z/1").status_code == 401
    assert "Owner is no administrator any more" in sign_in(cast.adam).get("/metrics/feeds/tokens/").content.decode()


def test_the_121st_call_of_a_minute_waits(make_caller, time_machine):
    begin = timezone.now()
    time_machine.move_to(begin, tick=False)
    caller = make_caller("interactions:read")
    other = make_caller("interactions:read")
    codes = [caller.get("interactions/z/1").status_code for _n in range(services.CALLS_PER_MINUTE)]
    assert set(codes) == {404}
    time_machine.move_to(begin + timedelta(seconds=20), tick=False)
    refused = caller.get("interactions/z/1")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) == 41
    assert "41 s" in refused.json()["detail"]
    assert other.get("interactions/z/1").status_code == 404
    time_machine.move_to(begin + timedelta(seconds=61), tick=False)
    assert caller.get("interactions/z/1").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_many_calls_at_once_no_more_than_the_limit_pass(cast):
    token, _secret = services.create_token(actor=cast.adam, name="x", scopes=["interactions:read"], now=timezone.now())
    passed, start = [], threading.Barrier(8)

    def call():
        try:
            start.wait()
            passed.extend(services.count_call(token=token, now=timezone.now()) for _n in range(25))
        finally:
            connections.close_all()

    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        # One connection for all: calls in turn, which must not change the count.
        passed = [services.count_call(token=token, now=timezone.now()) for _n in range(200)]
    else:
        threads = [threading.Thread(target=call) for _n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(passed) == 200
    assert passed.count(0) == services.CALLS_PER_MINUTE


def test_the_description_needs_a_sign_in_or_a_token(cast, client, sign_in, caller):
    assert client.get("/api/v1/openapi.json").status_code == 401
    assert caller.get("openapi.json").json()["openapi"].startswith("3.1")
    assert sign_in(cast.rita).get("/api/v1/openapi.json").status_code == 200
    assert client.get("/api/v1/docs").status_code == 302


def test_the_page_of_the_api_loads_nothing_from_elsewhere_and_runs_no_script_of_its_own(cast, sign_in):
    page = sign_in(cast.rita).get("/api/v1/docs").content.decode()
    assert "Send cases" in page
    assert "external_id" in page
    main = page[page.index("<main") : page.index("</main>")]
    assert "<script" not in main
    assert "style=" not in main
    assert "//cdn" not in page
