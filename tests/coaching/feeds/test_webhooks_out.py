"""Webhooks out: told in the cause's transaction, signed, sent after the commit, tried again, given up in the end."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook

from coaching.feeds import services
from coaching.feeds.announcements import tell_signal
from coaching.feeds.delivering import FAILURES_TO_STOP, MAX_ATTEMPTS, deliver_waiting
from coaching.feeds.models import Delivery, EventType, OutboxEvent, OutgoingWebhook
from coaching.feeds.patience import wait_after
from learning.assignments.models import Assignment
from learning.assignments.services import assign_module
from people.models import AuditEntry
from tests.factories.learning import make_module


@pytest.fixture
def listener(settings):
    """The other system: notes what it gets and answers what `status` says."""
    got: list[tuple[dict, bytes]] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(server.status)
            if server.status in {301, 302, 307}:
                self.send_header("Location", f"http://127.0.0.1:{server.server_address[1]}/elsewhere")
            self.end_headers()

        def log_message(self, *_args):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)
    server.status, server.got = 200, got
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.OUTGOING_ALLOWED_HOSTS = [f"127.0.0.1:{server.server_address[1]}"]
    server.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def endpoint(cast, now, listener):
    made, secret = services.create_outgoing(
        actor=cast.adam, name="HR system", url=listener.url, event_types=EventType.values, now=now
    )
    made.plain = secret
    return made


def send(commits, **data):
    with commits(execute=True):
        return services.send_event(event_type=EventType.SIGNAL_RAISED, data=data or {"signal": 1}, now=timezone.now())


def test_an_assignment_is_told_signed_and_without_words(cast, now, endpoint, listener, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assign_module(actor=cast.lena, person=cast.rita, module=make_module(now, "Tone"), due_on=now.date() + timedelta(days=7), source=Assignment.Source.LEAD,
                      because="The customer said: never again", now=now)  # fmt: skip
    ((headers, body),) = listener.got
    told = Webhook(endpoint.plain).verify(body.decode(), headers)
    assignment = Assignment.objects.get()
    assert told["type"] == "assignment.created"
    assert told["data"] == {
        "assignment": assignment.pk, "person": cast.rita.pk, "module": assignment.module_id, "state": "open", "source": "lead",
        "due_on": "2026-06-22",
    }  # fmt: skip
    assert b"never again" not in body
    assert headers["webhook-id"] == OutboxEvent.objects.get().event_id
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("delivered", 1, 200)


@transaction.atomic
def _send_and_fail():
    services.send_event(event_type=EventType.SIGNAL_RAISED, data={"signal": 1}, now=timezone.now())
    raise RuntimeError


def test_what_is_rolled_back_is_never_told(endpoint, listener, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        _send_and_fail()
    assert not OutboxEvent.objects.exists()
    assert listener.got == []


def test_a_signal_is_told_by_its_ids(cast, endpoint, listener, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tell_signal(signal_id=3, metric="csat", state="raised", person_id=cast.rita.pk, team_id=None, now=now)
    assert json.loads(listener.got[0][1])["data"] == {
        "signal": 3,
        "metric": "csat",
        "state": "raised",
        "person": cast.rita.pk,
        "team": None,
    }


def test_only_who_asked_is_told_and_where_nobody_did_nothing_is_kept(
    cast, now, endpoint, listener, django_capture_on_commit_callbacks
):
    OutgoingWebhook.objects.update(event_types=["review.published"])
    assert send(django_capture_on_commit_callbacks) is None
    assert not OutboxEvent.objects.exists()


def test_a_failure_is_tried_again_with_longer_waits_and_given_up(
    endpoint, listener, cast, sign_in, django_capture_on_commit_callbacks
):
    listener.status = 500
    send(django_capture_on_commit_callbacks)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("waiting", 1, 500)
    waits = []
    for _attempt in range(MAX_ATTEMPTS):
        moment = Delivery.objects.get().next_try_at or timezone.now()
        deliver_waiting(
            pk=delivery.pk,
            clock=lambda moment=moment: moment,
            later=lambda when, moment=moment: waits.append((when - moment).total_seconds()),
        )
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("failed", MAX_ATTEMPTS)
    assert len(listener.got) == MAX_ATTEMPTS
    assert len({headers["webhook-id"] for headers, _body in listener.got}) == 1
    listener.status = 204
    client = sign_in(cast.adam)
    assert "Send again" in client.get(f"/metrics/feeds/out/{endpoint.pk}/?state=failed").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/metrics/feeds/out/deliveries/{delivery.pk}/again/")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_status) == ("delivered", 204)
    assert AuditEntry.objects.filter(verb="webhook_out.send_again", actor=cast.adam).count() == 1


def test_waits_never_exceed_an_hour():
    assert max(wait_after(n) for n in range(100)) == timedelta(hours=1)


def test_a_claimed_delivery_is_not_sent_by_a_second_worker(endpoint, listener, django_capture_on_commit_callbacks):
    listener.status = 500
    send(django_capture_on_commit_callbacks)
    delivery, moment = Delivery.objects.get(), timezone.now() + timedelta(hours=1)

    def second(**options):
        deliver_waiting(pk=delivery.pk, clock=lambda: moment, later=lambda when: None)
        raise AssertionError("the first goes on")

    with pytest.raises(AssertionError, match="goes on"):
        deliver_waiting(pk=delivery.pk, clock=lambda: moment, later=lambda when: None, client=second)
    assert len(listener.got) == 1  # the first attempt only: the second worker found it claimed


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_a_failure_and_is_not_followed(endpoint, listener, status, django_capture_on_commit_callbacks):
    listener.status = status
    send(django_capture_on_commit_callbacks)
    assert len(listener.got) == 1
    assert Delivery.objects.get().last_status == status


def test_an_address_that_is_gone_is_switched_off_and_the_administrators_are_told(
    endpoint, listener, cast, sign_in, django_capture_on_commit_callbacks
):
    listener.status = 410
    send(django_capture_on_commit_callbacks)
    stopped = OutgoingWebhook.objects.get()
    assert (stopped.active, stopped.disabled_because) == (False, "It answered 410: gone.")
    assert [message.to for message in mail.outbox] == [[cast.adam.email]]
    assert f"/metrics/feeds/out/{stopped.pk}/" in mail.outbox[0].body
    assert "was switched off" in sign_in(cast.adam).get("/metrics/feeds/out/").content.decode()
    assert AuditEntry.objects.filter(verb="webhook_out.stop", actor=None).exists()
    assert send(django_capture_on_commit_callbacks) is None


def test_after_many_failures_it_is_switched_off_and_goes_on_when_switched_on(
    endpoint, listener, cast, sign_in, django_capture_on_commit_callbacks
):
    listener.status = 503
    for _n in range(FAILURES_TO_STOP):
        send(django_capture_on_commit_callbacks)
    stopped = OutgoingWebhook.objects.get()
    assert not stopped.active
    assert "in a row" in stopped.disabled_because
    assert Delivery.objects.filter(state="waiting").count() == FAILURES_TO_STOP
    listener.status = 200
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(cast.adam).post(f"/metrics/feeds/out/{endpoint.pk}/resume/")
    assert Delivery.objects.filter(state="delivered").count() == FAILURES_TO_STOP
    assert OutgoingWebhook.objects.get().failures_in_a_row == 0


def test_two_secrets_sign_for_a_day(endpoint, listener, cast, sign_in, django_capture_on_commit_callbacks):
    new = sign_in(cast.adam).post(f"/metrics/feeds/out/{endpoint.pk}/rotate/").context["secret"]
    send(django_capture_on_commit_callbacks)
    ((headers, body),) = listener.got
    for secret in (endpoint.plain, new):
        Webhook(secret).verify(body.decode(), headers)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/",
        "ftp://example.com/",
        "http://example.com:22/",
        "https://a:b@example.com/",
        "nonsense",
    ],
)
def test_an_address_that_leads_inside_is_refused_when_it_is_typed_in(cast, sign_in, url):
    page = sign_in(cast.adam).post("/metrics/feeds/out/new/", {"name": "x", "url": url, "event_types": ["signal.raised"]})
    assert page.status_code == 200
    assert "url" in page.context["form"].errors
    assert not OutgoingWebhook.objects.exists()


def test_a_name_that_leads_inside_is_refused_when_it_is_called(endpoint, listener, settings, django_capture_on_commit_callbacks):
    OutgoingWebhook.objects.update(url=f"http://localhost:{listener.server_address[1]}/hook")
    send(django_capture_on_commit_callbacks)
    OutgoingWebhook.objects.update(url="http://localhost/hook")
    send(django_capture_on_commit_callbacks)
    assert listener.got == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    assert "private network" in Delivery.objects.first().last_error


def test_its_secret_is_shown_once_and_it_can_be_changed_and_switched_off(cast, sign_in):
    client = sign_in(cast.adam)
    data = {"name": "HR", "url": "https://hr.example.com/hook", "event_types": ["review.published"]}
    secret = client.post("/metrics/feeds/out/new/", data).context["secret"]
    made = OutgoingWebhook.objects.get()
    for page in (f"/metrics/feeds/out/{made.pk}/", f"/metrics/feeds/out/{made.pk}/edit/"):
        assert secret not in client.get(page).content.decode()
    client.post(f"/metrics/feeds/out/{made.pk}/edit/", {**data, "event_types": ["signal.raised", "assignment.completed"]})
    client.post(f"/metrics/feeds/out/{made.pk}/pause/")
    made.refresh_from_db()
    assert (made.event_types, made.active) == (["assignment.completed", "signal.raised"], False)
    verbs = list(AuditEntry.objects.filter(verb__startswith="webhook_out").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["webhook_out.create", "webhook_out.change", "webhook_out.pause"]
