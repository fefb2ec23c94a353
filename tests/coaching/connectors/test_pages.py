"""An administrator connects a helpdesk, watches it, pauses it, lets it go; nobody ever sees the credentials again."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command
from django.urls import reverse

from coaching.connectors import calling, services
from coaching.connectors.models import Connection, SyncRun
from coaching.interactions.models import Interaction, Source
from people.models import AuditEntry
from tests.coaching.connectors import fakes
from tests.coaching.connectors.fakes import GOOD_TOKEN

FORM = {
    "name": "Our Zendesk",
    "email": "admin@example.com",
    "token": GOOD_TOKEN,
    "interval_minutes": "60",
    "fetch_since": "2026-06-01",
    "source": "zendesk",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Nobody waits for the second try of a button, nor for a slow answer."""
    monkeypatch.setattr(calling, "FIRST_WAIT", 0.0)
    monkeypatch.setattr(calling, "ANSWER_SECONDS", 0.5)


@pytest.fixture
def admin(cast, sign_in, time_machine, now):
    time_machine.move_to(now, tick=True)
    return sign_in(cast.adam)


def test_connect_test_and_fetch(admin, serve, cast, django_capture_on_commit_callbacks):
    fake = serve("zendesk")
    fake.add(5)
    page = admin.get(reverse("connection_list")).content.decode()
    assert "No helpdesk is connected yet" in page
    assert "Connect Zendesk" in admin.get(reverse("connection_choose")).content.decode()
    assert "incremental export" in admin.get(reverse("connection_add", args=["zendesk"])).content.decode()
    answer = admin.post(reverse("connection_add", args=["zendesk"]), {**FORM, "address": fake.url}, follow=True)
    connection = Connection.objects.get()
    assert "Zendesk lets us in, as admin@example.com." in answer.content.decode()
    assert "Nothing has come completely yet" in answer.content.decode()
    assert Source.objects.get(key="zendesk").system == "zendesk"
    # Tests run tasks at once, so the page that follows shows the end.
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(reverse("connection_run", args=[connection.pk]))
    answer = admin.get(reverse("connection_detail", args=[connection.pk])).content.decode()
    assert "Data as of" in answer
    assert "Up to date" in answer
    assert Interaction.objects.count() == 5
    assert SyncRun.objects.get().started_by == cast.adam
    assert [entry.verb for entry in AuditEntry.objects.filter(verb__startswith="connection").order_by("pk")] == [
        "connection.add",
        "connection.run",
        "connection.sync",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"token": "wrong"}, "does not accept the credentials"),
        ({"address": "http://127.0.0.1:1"}, "is not called"),
        ({"address": "https://10.0.0.7"}, "private network"),
        ({"address": "https://user:secret@help.example.com"}, "Leave user name and password out"),
        ({"address": "ftp://help.example.com"}, "This is not an address"),
        ({"address": "https://exa mple.com"}, "This is not an address"),
        ({"address": "https://help.example.com:99999"}, "This is not an address"),
        ({"source": "Not A Key"}, "Small letters, digits and hyphens"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(admin, serve, change, words):
    fake = serve("zendesk")
    answer = admin.post(reverse("connection_add", args=["zendesk"]), {**FORM, "address": fake.url, **change})
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Connection.objects.exists()
    assert GOOD_TOKEN not in answer.content.decode()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (fakes.status(500), "trouble of its own"),
        (fakes.status(429, Retry_After="900"), "slow down"),
        (fakes.slow, "took too long"),
        (fakes.html, "web page instead of data"),
        (fakes.cut, "cut off or damaged"),
        (fakes.status(403), "may not read this"),
    ],
)
def test_the_test_button_says_what_is_wrong(admin, serve, connect, fault, words):
    fake = serve("zendesk")
    connection = connect(fake, "zendesk")
    fake.always = fault
    answer = admin.post(reverse("connection_check", args=[connection.pk]), follow=True)
    assert words in answer.content.decode()
    assert len(fake.requests) <= 3


def test_somebody_who_is_no_administrator_of_zendesk_is_told(admin, serve, connect):
    """Zendesk answers strangers with a user that has no id."""
    fake = serve("zendesk")
    connection = connect(fake, "zendesk")
    fake.always = fakes.instead({"user": {"id": None, "name": "Anonymous user"}})
    answer = admin.post(reverse("connection_check", args=[connection.pk]), follow=True)
    assert "does not accept the credentials" in answer.content.decode()


def test_a_subdomain_is_enough(admin):
    from_name = services.SYSTEMS["zendesk"].base_url("Pellgrove")
    assert from_name == "https://pellgrove.zendesk.com"
    assert services.SYSTEMS["freshdesk"].base_url("pellgrove.freshdesk.com/a/tickets") == "https://pellgrove.freshdesk.com"
    assert services.SYSTEMS["zammad"].base_url("help.example.com:8443") == "https://help.example.com:8443"


def test_credentials_are_encrypted_and_shown_nowhere(admin, serve, connect, caplog, run):
    caplog.set_level(logging.DEBUG)
    fake = serve("zendesk")
    fake.add(3)
    connection = connect(fake, "zendesk")
    run(connection)
    fake.always = fakes.status(500)
    run(connection)
    stored = serializers.serialize("json", Connection.objects.all()) + json.dumps(
        list(AuditEntry.objects.values_list("before", "after")), default=str
    )
    assert GOOD_TOKEN not in stored
    assert GOOD_TOKEN not in caplog.text
    for name in ("connection_detail", "connection_change", "connection_delete"):
        assert GOOD_TOKEN not in admin.get(reverse(name, args=[connection.pk])).content.decode()
    assert all(GOOD_TOKEN not in json.dumps(request.query) + request.path for request in fake.requests)


def test_change_keeps_a_secret_that_is_left_empty(admin, serve, connect, run):
    fake = serve("zendesk")
    connection = connect(fake, "zendesk")
    changed = {"name": "Renamed", "address": fake.url, "email": "admin@example.com", "token": "", "interval_minutes": "15"}
    answer = admin.post(reverse("connection_change", args=[connection.pk]), changed, follow=True).content.decode()
    assert "The connection was changed" in answer
    assert "Renamed" in answer
    assert run(connection).state == SyncRun.State.DONE
    entry = AuditEntry.objects.get(verb="connection.change")
    assert entry.after == {"name": "Renamed", "minutes": 15, "credentials": False, "address": False}


def test_stored_credentials_never_go_to_a_new_address(admin, serve, connect):
    fake, other = serve("zendesk"), serve("zendesk")
    connection = connect(fake, "zendesk")
    changed = {"name": "Zendesk", "address": other.url, "email": "admin@example.com", "token": "", "interval_minutes": "60"}
    answer = admin.post(reverse("connection_change", args=[connection.pk]), changed).content.decode()
    assert "type the credentials anew" in answer
    connection.refresh_from_db()
    assert connection.base_url == fake.url
    assert other.requests == []


def test_pause_resume_delete(admin, serve, connect, run, world, clock):
    fake = serve("zendesk")
    fake.add(4)
    connection = connect(fake, "zendesk")
    run(connection)
    assert "Paused" in admin.post(reverse("connection_pause", args=[connection.pk]), follow=True).content.decode()
    answer = admin.post(reverse("connection_run", args=[connection.pk]), follow=True).content.decode()
    assert "The connection is paused" in answer
    assert not Connection.objects.due(clock() + timedelta(days=2)).exists()
    admin.post(reverse("connection_resume", args=[connection.pk]))
    assert Connection.objects.due(clock()).exists()
    page = admin.get(reverse("connection_delete", args=[connection.pk])).content.decode()
    assert "stays" in page
    answer = admin.post(reverse("connection_delete", args=[connection.pk]), follow=True).content.decode()
    assert "What it had fetched stays" in answer
    assert not Connection.objects.exists()
    assert Interaction.objects.count() == 4
    # Connected again under the same key the cases join.
    again = connect(fake, "zendesk")
    run(again)
    assert Interaction.objects.count() == 4


def test_one_connection_for_one_source(admin, serve, connect):
    fake = serve("zendesk")
    connect(fake, "zendesk")
    answer = admin.post(reverse("connection_add", args=["zendesk"]), {**FORM, "address": fake.url}).content.decode()
    assert "There is a connection for this source already" in answer
    with pytest.raises(services.ConnectionRefused):
        connect(fake, "zendesk")


def test_the_page_asks_for_itself_while_it_runs(admin, serve, connect, clock, now):
    connection = connect(serve("zendesk"), "zendesk")
    url = reverse("connection_detail", args=[connection.pk])
    SyncRun.objects.create(
        connection=connection, state=SyncRun.State.RUNNING, stream="Tickets", fetched=1200, created_at=now, started_at=now
    )
    Connection.objects.filter(pk=connection.pk).update(run_token="x", heartbeat_at=now)
    part = admin.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Tickets: 1,200 fetched so far." in part
    assert 'hx-trigger="every 2s"' in part
    assert "<html" not in part
    # Its worker is not heard of any more.
    Connection.objects.filter(pk=connection.pk).update(heartbeat_at=now - timedelta(minutes=6))
    part = admin.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "The last run was cut off" in part
    assert "hx-trigger" not in part


def test_a_run_that_no_worker_takes_says_so(admin, serve, connect, now):
    connection = connect(serve("zendesk"), "zendesk")
    SyncRun.objects.create(connection=connection, created_at=now - timedelta(minutes=3))
    page = admin.get(reverse("connection_detail", args=[connection.pk])).content.decode()
    assert "No worker has taken this up" in page


def test_the_list_is_read_with_few_queries(admin, serve, connect, django_assert_max_num_queries, now):
    fake = serve("zendesk")
    for number in range(8):
        connection = connect(fake, "zendesk", source_key=f"zendesk-{number}", name=f"Desk {number}")
        SyncRun.objects.create(connection=connection, state="done", created_at=now)
    with django_assert_max_num_queries(10):
        page = admin.get(reverse("connection_list")).content.decode()
    assert "Desk 7" in page


def test_the_command_runs_what_is_due_and_tells_of_failures(cast, serve, connect, monkeypatch):
    good, bad = serve("zendesk"), serve("zammad")
    good.add(2)
    bad.always = fakes.status(401)
    connect(good, "zendesk")
    broken = connect(bad, "zammad")
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 of 2 connections failed"):
        call_command("sync_connections", stdout=out, stderr=err)
    assert "Zendesk: Done" in out.getvalue()
    assert "does not accept the credentials" in err.getvalue()
    # Neither is due again at once; named, one is run all the same.
    out = StringIO()
    call_command("sync_connections", stdout=out)
    assert out.getvalue() == ""
    bad.always = None
    call_command("sync_connections", connection=broken.pk, stdout=out)
    assert "Zammad: Done" in out.getvalue()
    with pytest.raises(CommandError, match="no connection 999"):
        call_command("sync_connections", connection=999)


def test_a_lost_key_is_said_in_words(serve, connect, run, settings):
    connection = connect(serve("zendesk"), "zendesk")
    settings.SECRET_KEY = "another key of the same length as before"
    result = run(connection)
    assert result.state == SyncRun.State.FAILED
    assert "SECRETS_KEY or SECRET_KEY has changed" in result.error
