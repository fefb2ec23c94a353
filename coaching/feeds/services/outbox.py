"""The verbs of webhooks out: keep addresses, send an event once more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.feeds.delivery_tasks import deliver_event
from coaching.feeds.models import Delivery, EventType, OutgoingWebhook
from coaching.feeds.services.errors import FeedError
from coaching.feeds.signing import new_secret
from foundation.outgoing import OutgoingRefused, check_url
from foundation.secrets import encrypt
from people.audit import record
from people.models import Person

OLD_SECRET_LIVES = timedelta(hours=24)


@transaction.atomic
def create_outgoing(
    *, actor: Person, name: str, url: str, event_types: Iterable[str], now: datetime
) -> tuple[OutgoingWebhook, str]:
    """A new address and the secret its deliveries are signed with, shown now and never again.

    Raises FeedError where the address may not be called or no known event is chosen.
    """
    chosen = _checked(url, event_types)
    secret = new_secret()
    endpoint = OutgoingWebhook.objects.create(
        name=name, url=url, event_types=chosen, secret=encrypt(secret), created_at=now, created_by=actor
    )
    record(actor=actor, verb="webhook_out.create", target=endpoint, after={"events": chosen}, now=now)
    return endpoint, secret


@transaction.atomic
def change_outgoing(
    *, actor: Person, endpoint: OutgoingWebhook, name: str, url: str, event_types: Iterable[str], now: datetime
) -> OutgoingWebhook:
    """Another name, address or choice of events from now on. Raises FeedError as `create_outgoing`."""
    chosen = _checked(url, event_types)
    endpoint = OutgoingWebhook.objects.select_for_update().get(pk=endpoint.pk)
    before = {"events": endpoint.event_types}
    endpoint.name, endpoint.url, endpoint.event_types = name, url, chosen
    endpoint.save(update_fields=["name", "url", "event_types"])
    record(actor=actor, verb="webhook_out.change", target=endpoint, before=before, after={"events": chosen}, now=now)
    return endpoint


def _checked(url: str, event_types: Iterable[str]) -> list[str]:
    chosen = sorted(set(event_types))
    if not chosen or not set(chosen) <= set(EventType.values):
        raise FeedError(_("Choose at least one event to be told of."))
    try:
        check_url(url)
    except OutgoingRefused as refused:
        raise FeedError(str(refused)) from refused
    return chosen


@transaction.atomic
def rotate_outgoing(*, actor: Person, endpoint: OutgoingWebhook, now: datetime) -> str:
    """A fresh secret, shown once. For a day deliveries are signed with both, so that the other side can be changed meanwhile."""
    endpoint = OutgoingWebhook.objects.select_for_update().get(pk=endpoint.pk)
    secret = new_secret()
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, now + OLD_SECRET_LIVES
    endpoint.secret = encrypt(secret)
    endpoint.save(update_fields=["secret", "old_secret", "old_secret_until"])
    after = {"until": endpoint.old_secret_until.isoformat()}
    record(actor=actor, verb="webhook_out.rotate", target=endpoint, after=after, now=now)
    return secret


@transaction.atomic
def pause_outgoing(*, actor: Person, endpoint: OutgoingWebhook, now: datetime) -> OutgoingWebhook:
    """Tell this address nothing more. What waits for it stays."""
    endpoint = OutgoingWebhook.objects.select_for_update().get(pk=endpoint.pk)
    if endpoint.active:
        endpoint.active, endpoint.disabled_at, endpoint.disabled_because = False, now, ""
        endpoint.save(update_fields=["active", "disabled_at", "disabled_because"])
        record(actor=actor, verb="webhook_out.pause", target=endpoint, after={"active": False}, now=now)
    return endpoint


@transaction.atomic
def resume_outgoing(*, actor: Person, endpoint: OutgoingWebhook, now: datetime) -> OutgoingWebhook:
    """Tell this address again, first of what waits for it."""
    endpoint = OutgoingWebhook.objects.select_for_update().get(pk=endpoint.pk)
    if not endpoint.active:
        endpoint.active, endpoint.disabled_at, endpoint.disabled_because, endpoint.failures_in_a_row = True, None, "", 0
        endpoint.save(update_fields=["active", "disabled_at", "disabled_because", "failures_in_a_row"])
        record(actor=actor, verb="webhook_out.resume", target=endpoint, after={"active": True}, now=now)
        for pk in endpoint.deliveries.filter(state=Delivery.State.WAITING).order_by("pk").values_list("pk", flat=True):
            Delivery.objects.filter(pk=pk).update(next_try_at=now)
            transaction.on_commit(partial(deliver_event.enqueue, pk))
    return endpoint


@transaction.atomic
def send_again(*, actor: Person, delivery: Delivery, now: datetime) -> Delivery:
    """Send an event once more, under the same id. Raises FeedError where it waits already or its address is switched off."""
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("endpoint", "event").get(pk=delivery.pk)
    if not delivery.endpoint.active:
        raise FeedError(_("The address is switched off. Switch it on first."))
    if delivery.state == Delivery.State.WAITING:
        raise FeedError(_("It is on its way already."))
    before = delivery.state
    delivery.state, delivery.attempts, delivery.next_try_at, delivery.finished_at = Delivery.State.WAITING, 0, now, None
    delivery.save(update_fields=["state", "attempts", "next_try_at", "finished_at"])
    record(
        actor=actor, verb="webhook_out.send_again", target=delivery, before={"state": before}, after={"state": "waiting"}, now=now
    )
    transaction.on_commit(partial(deliver_event.enqueue, delivery.pk))
    return delivery
