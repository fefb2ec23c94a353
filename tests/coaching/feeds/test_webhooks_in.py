"""Webhooks in: signed, stored before they are read, processed once and in order (S-35, R-20). Judge: the `standardwebhooks` package."""

from __future__ import annotations

import base64
import itertools
import json
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook

from coaching.feeds import processing, services, signing
from coaching.feeds.models import InboxEvent, RecordMark
from coaching.feeds.tasks import process_event
from coaching.interactions.models import Interaction
from coaching.metrics.models import Rollup
from coaching.metrics.services import ensure_default_metrics
from people.models import AuditEntry
from tests.coaching.feeds.conftest import case


class Sender:
    """Another system that signs with the judge's code, not with ours."""

    def __init__(self, endpoint, secret, after_commit):
        self.endpoint, self.secret, self.after_commit, self.client = endpoint, secret, after_commit, Client()

    def headers(self, webhook_id, body, at=None, secret=None):
        at = at or timezone.now()
        signature = Webhook(secret or self.secret).sign(webhook_id, at, body)
        return {"webhook-id": webhook_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}

    def deliver(self, webhook_id, body, headers=None, key=None):
        text = body if isinstance(body, str) else json.dumps(body)
        headers = self.headers(webhook_id, text) if headers is None else headers
        with self.after_commit(execute=True):
            return self.client.post(
                f"/api/v1/webhooks/{key or self.endpoint.key}", text, content_type="application/json", headers=headers
            )


@pytest.fixture
def sender(cast, now, django_capture_on_commit_callbacks):
    endpoint, secret = services.create_incoming(actor=cast.adam, name="Desk", source_key="zendesk", now=now)
    return Sender(endpoint, secret, django_capture_on_commit_callbacks)


def event(*rows, at="2026-06-10T12:00:00Z", kind="interactions", **data):
    return {"type": kind, "timestamp": at, "data": {"rows": list(rows), **data}}


def test_an_event_is_stored_processed_and_counted(sender, cast, now):
    ensure_default_metrics(now=now)
    body = event(case("1", handler_email="rita@example.com", status="resolved", resolved_at="2026-06-10T09:00:00Z"))
    response = sender.deliver("msg_1", body)
    assert (response.status_code, response.json()) == (202, {"state": "stored", "id": "msg_1"})
    stored = InboxEvent.objects.get()
    assert (stored.state, json.loads(bytes(stored.body)), stored.attempts) == ("done", body, 1)
    assert Interaction.objects.get().handler.person == cast.rita
    assert Rollup.objects.filter(person=cast.rita, day="2026-06-10").exists()


def test_the_secret_is_neither_stored_nor_shown_again(sender, cast, sign_in):
    sender.endpoint.refresh_from_db()
    assert sender.secret not in sender.endpoint.secret
    client = sign_in(cast.adam)
    assert sender.secret not in client.get(f"/metrics/feeds/in/{sender.endpoint.pk}/").content.decode()
    made = client.post("/metrics/feeds/in/new/", {"name": "Phone", "source": "phone"})
    assert signing.is_secret(made.context["secret"])
    assert made.context["secret"] in made.content.decode()


BODY = json.dumps(event(case("1")))


def flipped(text):
    return text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1]


TAMPERINGS = {
    "no headers": lambda s, h: {},
    "no signature": lambda s, h: {k: v for k, v in h.items() if k != "webhook-signature"},
    "no id": lambda s, h: {k: v for k, v in h.items() if k != "webhook-id"},
    "no timestamp": lambda s, h: {k: v for k, v in h.items() if k != "webhook-timestamp"},
    "another id": lambda s, h: {**h, "webhook-id": "msg_2"},
    "another time": lambda s, h: {**h, "webhook-timestamp": str(int(h["webhook-timestamp"]) - 1)},
    "one character of the signature": lambda s, h: {**h, "webhook-signature": h["webhook-signature"][:9] + flipped(h["webhook-signature"][9:])},
    "another secret": lambda s, h: s.headers("msg_1", BODY, secret=signing.new_secret()),
    "signed too long ago": lambda s, h: s.headers("msg_1", BODY, at=timezone.now() - timedelta(seconds=302)),
    "signed in the future": lambda s, h: s.headers("msg_1", BODY, at=timezone.now() + timedelta(seconds=303)),
    "another version of the scheme": lambda s, h: {**h, "webhook-signature": "v2," + h["webhook-signature"][3:]},
    "an empty signature": lambda s, h: {**h, "webhook-signature": "v1,"},
    "signature cut short": lambda s, h: {**h, "webhook-signature": h["webhook-signature"][:-8]},
    "a time that is no number": lambda s, h: {**h, "webhook-timestamp": "١٢٣"},
    "an id with a dot": lambda s, h: {**h, "webhook-id": "msg.1"},
}  # fmt: skip


@pytest.mark.parametrize("tampering", list(TAMPERINGS))
def test_a_tampered_delivery_is_refused_and_nothing_is_stored(sender, tampering):
    headers = TAMPERINGS[tampering](sender, sender.headers("msg_1", BODY))
    response = sender.deliver("msg_1", BODY, headers=headers)
    assert response.status_code == 401
    assert response.json()["detail"]
    assert not InboxEvent.objects.exists()


@pytest.mark.parametrize("body", [BODY + " ", BODY.replace("2026", "2027"), ""])
def test_an_altered_body_is_refused(sender, body):
    assert sender.deliver("msg_1", body, headers=sender.headers("msg_1", BODY)).status_code == 401
    assert not InboxEvent.objects.exists()


def test_the_untampered_delivery_is_taken(sender):
    assert sender.deliver("msg_1", BODY).status_code == 202


def test_every_comparison_is_made_in_constant_time(sender, monkeypatch):
    compared = []
    real = signing.hmac.compare_digest
    monkeypatch.setattr(signing.hmac, "compare_digest", lambda a, b: compared.append((a, b)) or real(a, b))
    headers = sender.headers("msg_1", BODY)
    headers["webhook-signature"] = f"{headers['webhook-signature']} v1,AAAA v1,BBBB"
    assert sender.deliver("msg_1", BODY, headers=headers).status_code == 202
    assert len(compared) == 3


def test_an_unknown_address_and_one_switched_off_answer_alike(sender, cast, sign_in):
    client = sign_in(cast.adam)
    client.post(f"/metrics/feeds/in/{sender.endpoint.pk}/pause/")
    off, unknown = sender.deliver("msg_1", BODY), sender.deliver("msg_1", BODY, key="nobody")
    assert off.status_code == unknown.status_code == 404
    assert off.content == unknown.content
    client.post(f"/metrics/feeds/in/{sender.endpoint.pk}/resume/")
    assert sender.deliver("msg_1", BODY).status_code == 202


def test_two_secrets_are_live_for_a_day(sender, cast, sign_in, time_machine):
    page = sign_in(cast.adam).post(f"/metrics/feeds/in/{sender.endpoint.pk}/rotate/")
    new = page.context["secret"]
    assert sender.deliver("old", BODY).status_code == 202
    assert sender.deliver("new", BODY, headers=sender.headers("new", BODY, secret=new)).status_code == 202
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    assert sender.deliver("old again", BODY, headers=sender.headers("old-2", BODY)).status_code == 401
    assert sender.deliver("new again", BODY, headers=sender.headers("new-2", BODY, secret=new)).status_code == 202


def test_the_same_delivery_twice_is_a_replay_and_a_fresh_attempt_is_known(sender):
    headers = sender.headers("msg_1", BODY, at=timezone.now() - timedelta(seconds=5))
    assert sender.deliver("msg_1", BODY, headers=headers).status_code == 202
    assert sender.deliver("msg_1", BODY, headers=headers).status_code == 409
    again = sender.deliver("msg_1", BODY)
    assert (again.status_code, again.json()["state"]) == (200, "known")
    other = json.dumps(event(case("2")))
    assert (
        sender.deliver(
            "msg_1", other, headers=sender.headers("msg_1", other, at=timezone.now() + timedelta(seconds=5))
        ).status_code
        == 409
    )
    assert InboxEvent.objects.count() == Interaction.objects.count() == 1


HISTORY = [
    event(case("1", topic="New", status="open"), at="2026-06-10T08:00:00Z"),
    event(case("1", topic="Delivery", status="open"), case("2", topic="Refund"), at="2026-06-10T09:00:00Z"),
    event(case("1", topic="Delivery", status="resolved", resolved_at="2026-06-10T10:00:00Z"), at="2026-06-10T10:00:00Z"),
    event(case("2", topic="Refund late"), at="2026-06-10T11:00:00Z"),
]


@pytest.mark.parametrize(
    "order", [(*order, *order[: n % 4], order[n % 4]) for n, order in enumerate(itertools.permutations(range(4)))]
)
def test_events_in_any_order_and_several_times_end_as_in_order(sender, order):
    for attempt, place in enumerate(order):
        text = json.dumps(HISTORY[place])
        headers = sender.headers(f"msg_{place}", text, at=timezone.now() + timedelta(seconds=attempt))
        assert sender.deliver(f"msg_{place}", text, headers=headers).status_code in {200, 202}
    stored = {row.external_id: (row.topic, row.status) for row in Interaction.objects.all()}
    assert stored == {"1": ("Delivery", "resolved"), "2": ("Refund late", "open")}
    assert set(InboxEvent.objects.values_list("state", flat=True)) == {"done"}


def test_without_the_marks_an_older_event_would_undo_a_newer_one(sender, monkeypatch):
    monkeypatch.setattr(RecordMark.objects, "bulk_create", lambda *args, **kwargs: [])
    for place in (3, 1):
        sender.deliver(f"msg_{place}", HISTORY[place])
    assert Interaction.objects.get(external_id="2").topic == "Refund"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("no json", "no JSON"),
        ("[" * 60_000, "no JSON"),
        ("[]", "The body must be"),
        ('{"type": "tickets", "data": {}}', "The body must be"),
        ('{"type": "interactions", "data": []}', "The body must be"),
        ('{"type": "interactions", "data": {}}', "data.rows"),
        ('{"type": "interactions", "data": {"rows": [], "x": 1}}', "data."),
        ('{"type": "interactions", "data": {"source": "phone", "rows": [{}]}}', "“zendesk” only"),
        (
            '{"type": "surveys", "data": {"kind": "csat", "scale": {"low": 5, "high": 1, "satisfied": [1]}, "rows": [{}]}}',
            "lowest",
        ),
    ],
)
def test_what_cannot_be_understood_fails_at_once_and_says_why(sender, body, words, cast, sign_in):
    assert sender.deliver("msg_1", body).status_code == 202
    stored = InboxEvent.objects.get()
    assert (stored.state, stored.attempts) == ("failed", 1)
    assert words in stored.error
    page = sign_in(cast.adam).get(f"/metrics/feeds/in/events/{stored.pk}/").content.decode()
    assert "Process again" in page


def test_rejected_rows_are_named_without_what_they_say(sender, cast, sign_in):
    sender.deliver("msg_1", event(case("1"), case("2", channel="My secret is 1234")))
    stored = InboxEvent.objects.get()
    assert (stored.state, stored.result["created"], stored.result["rejected"]) == ("partly", 1, 1)
    assert stored.result["rows"][0]["field"] == "channel"
    page = sign_in(cast.adam).get(f"/metrics/feeds/in/events/{stored.pk}/").content.decode()
    assert "not one of the values" in page
    assert "1234" not in page


def test_what_goes_wrong_here_is_tried_again_later_and_fails_in_the_end(
    sender, monkeypatch, now, cast, sign_in, django_capture_on_commit_callbacks
):
    def broken(**_options):
        raise RuntimeError("Customer said 1234")

    monkeypatch.setattr(processing, "receive", broken)
    sender.deliver("msg_1", event(case("1")))
    stored = InboxEvent.objects.get()
    assert (stored.state, stored.attempts) == ("waiting", 1)
    assert "RuntimeError" in stored.error
    assert "1234" not in stored.error
    waits: list[datetime] = []
    for _attempt in range(7):
        with pytest.raises(RuntimeError):
            processing.process_stored_event(pk=stored.pk, clock=lambda: now, later=waits.append)
    assert [(when - now).total_seconds() for when in waits] == [30, 60, 120, 240, 480, 960]
    stored.refresh_from_db()
    assert (stored.state, stored.attempts) == ("failed", 8)
    monkeypatch.undo()
    client = sign_in(cast.adam)
    assert "Failed" in client.get(f"/metrics/feeds/in/{sender.endpoint.pk}/?state=failed").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/metrics/feeds/in/events/{stored.pk}/again/")
    stored.refresh_from_db()
    assert (stored.state, Interaction.objects.count()) == ("done", 1)
    assert AuditEntry.objects.filter(verb="webhook_in.process_again", actor=cast.adam).exists()
    with django_capture_on_commit_callbacks(execute=True):
        again = client.post(f"/metrics/feeds/in/events/{stored.pk}/again/", follow=True)
    assert "nothing to do again" in again.content.decode()


def test_what_a_dead_worker_left_is_taken_up_and_old_bodies_are_emptied(sender, monkeypatch, now):
    monkeypatch.setattr(type(process_event), "enqueue", lambda self, pk: None)
    sender.deliver("msg_1", event(case("1")))
    stored = InboxEvent.objects.get()
    assert stored.state == "waiting"
    assert services.take_up_what_waits(now=timezone.now()) == 0
    monkeypatch.undo()
    assert services.take_up_what_waits(now=timezone.now() + timedelta(minutes=3)) == 1
    stored.refresh_from_db()
    assert stored.state == "done"
    assert services.forget_old_bodies(now=timezone.now() + timedelta(days=6)) == 0
    assert services.forget_old_bodies(now=timezone.now() + timedelta(days=8)) == 1
    stored.refresh_from_db()
    assert bytes(stored.body) == b""
    assert sender.deliver("msg_1", event(case("1"))).status_code in {200, 409}


def test_our_signature_is_the_judges():
    secret, at, body = signing.new_secret(), datetime(2026, 6, 15, 9, 0, tzinfo=UTC), '{"ä": 1}'
    assert signing.sign(secret, "msg_1", int(at.timestamp()), body.encode()) == Webhook(secret).sign("msg_1", at, body)
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_are_one(cast, now):
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        rounds, at_once = 16, 1  # one connection for all: in turn
    else:
        rounds, at_once = 1, 16
    endpoint, secret = services.create_incoming(actor=cast.adam, name="Desk", source_key="zendesk", now=now)
    body = json.dumps(event(case("1", topic="Delivery")))
    codes: list[int] = []
    barrier = threading.Barrier(at_once)

    def deliver(n):
        try:
            at = timezone.now() + timedelta(seconds=n)
            headers = Sender(endpoint, secret, None).headers("msg_1", body, at=at)
            barrier.wait()
            codes.append(
                Client()
                .post(f"/api/v1/webhooks/{endpoint.key}", body, content_type="application/json", headers=headers)
                .status_code
            )
        finally:
            if at_once > 1:
                connections.close_all()

    for round_ in range(rounds):
        threads = [threading.Thread(target=deliver, args=[round_ + n]) for n in range(at_once)]
        if at_once == 1:
            deliver(round_)
            continue
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert codes.count(202) == 1
    assert set(codes) <= {200, 202, 409}
    assert len(codes) == 16
    assert Interaction.objects.count() == InboxEvent.objects.count() == 1
    assert InboxEvent.objects.get().state == "done"


def test_taking_a_delivery_is_quick(sender, monkeypatch):
    monkeypatch.setattr(type(process_event), "enqueue", lambda self, pk: None)
    took = []
    for n in range(40):
        began = time.perf_counter()
        sender.deliver(f"msg_{n}", BODY)
        took.append(time.perf_counter() - began)
    assert sorted(took)[37] < 0.2
