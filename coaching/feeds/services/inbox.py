"""The verbs of webhooks in: keep addresses and their secrets, take a delivery, process one again."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.feeds.models import InboxEvent, IncomingWebhook
from coaching.feeds.services.errors import FeedError
from coaching.feeds.services.sources import source_for
from coaching.feeds.signing import new_secret, verify
from coaching.feeds.tasks import process_event
from foundation.secrets import decrypt, encrypt
from people.audit import record
from people.models import Person

OLD_SECRET_LIVES = timedelta(hours=24)


class NoSuchWebhook(FeedError):
    """There is no live address of this key."""


class Replayed(FeedError):
    """This very delivery, or another body under its id, was taken before."""


@transaction.atomic
def create_incoming(*, actor: Person, name: str, source_key: str, now: datetime) -> tuple[IncomingWebhook, str]:
    """A new address and its secret, which is shown now and never again. Raises FeedError for an impossible source."""
    secret = new_secret()
    endpoint = IncomingWebhook.objects.create(
        name=name,
        key=secrets.token_urlsafe(18),
        source=source_for(source_key),
        secret=encrypt(secret),
        created_at=now,
        created_by=actor,
    )
    record(actor=actor, verb="webhook_in.create", target=endpoint, after={"source": endpoint.source_id}, now=now)
    return endpoint, secret


@transaction.atomic
def rotate_incoming(*, actor: Person, endpoint: IncomingWebhook, now: datetime) -> str:
    """A fresh secret, shown once; the one before stays good for a day, so that the other side can be changed meanwhile."""
    endpoint = IncomingWebhook.objects.select_for_update().get(pk=endpoint.pk)
    secret = new_secret()
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, now + OLD_SECRET_LIVES
    endpoint.secret = encrypt(secret)
    endpoint.save(update_fields=["secret", "old_secret", "old_secret_until"])
    after = {"until": endpoint.old_secret_until.isoformat()}
    record(actor=actor, verb="webhook_in.rotate", target=endpoint, after=after, now=now)
    return secret


@transaction.atomic
def set_incoming_active(*, actor: Person, endpoint: IncomingWebhook, active: bool, now: datetime) -> IncomingWebhook:
    """Switch an address off or on. Off, it answers as if it did not exist."""
    endpoint = IncomingWebhook.objects.select_for_update().get(pk=endpoint.pk)
    if endpoint.active != active:
        endpoint.active = active
        endpoint.save(update_fields=["active"])
        verb = "webhook_in.resume" if active else "webhook_in.pause"
        record(actor=actor, verb=verb, target=endpoint, before={"active": not active}, after={"active": active}, now=now)
    return endpoint


def take_delivery(
    *, key: str, webhook_id: str, timestamp: str, signature: str, body: bytes, now: datetime
) -> tuple[InboxEvent, bool]:
    """Store a delivery as it came, to be processed by a worker; whether it is new.

    Its signature is checked over the raw body, then it is stored, and only then does anybody read it. The same
    event sent again (signed anew) is answered as taken and changes nothing. Raises NoSuchWebhook, SignatureError,
    or Replayed for a delivery that was captured and sent a second time, or whose id had another body before.
    """
    endpoint = IncomingWebhook.objects.filter(key=key, active=True).first()
    if endpoint is None:
        raise NoSuchWebhook(_("There is no webhook at this address. Copy it again from the page of webhooks."))
    signed_at = verify(
        secrets_live=_live_secrets(endpoint, now),
        webhook_id=webhook_id,
        timestamp=timestamp,
        signature=signature,
        body=body,
        now=now,
    )
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        event, is_new = InboxEvent.objects.get_or_create(
            endpoint=endpoint,
            webhook_id=webhook_id,
            defaults={"signed_at": signed_at, "sha256": digest, "body": body, "received_at": now},
        )
        if is_new:
            transaction.on_commit(partial(process_event.enqueue, event.pk))
            return event, True
    if event.sha256 != digest:
        raise Replayed(_("This webhook-id had another body before. Give every event an id of its own."))
    # One statement: of the same delivery sent twice at once, neither counts as a fresh attempt.
    if not InboxEvent.objects.filter(pk=event.pk, signed_at__lt=signed_at).update(signed_at=signed_at):
        raise Replayed(_("This delivery was taken before. Sign each attempt with the time it is made."))
    return event, False


def _live_secrets(endpoint: IncomingWebhook, now: datetime) -> list[str]:
    live = [decrypt(endpoint.secret)]
    if endpoint.old_secret and endpoint.old_secret_until is not None and endpoint.old_secret_until > now:
        live.append(decrypt(endpoint.old_secret))
    return live


@transaction.atomic
def process_again(*, actor: Person, event: InboxEvent, now: datetime) -> InboxEvent:
    """Have a failed event processed once more. Raises FeedError where it did not fail, or is kept no longer."""
    event = InboxEvent.objects.select_for_update(of=("self",)).select_related("endpoint").get(pk=event.pk)
    if event.state not in {InboxEvent.State.FAILED, InboxEvent.State.PARTLY}:
        raise FeedError(_("This event is waiting or was processed; there is nothing to do again."))
    if not event.body:
        raise FeedError(_("The body of this event is not kept any more. Have the other system send it again."))
    before = event.state
    event.state, event.attempts, event.next_try_at = InboxEvent.State.WAITING, 0, None
    event.save(update_fields=["state", "attempts", "next_try_at"])
    record(
        actor=actor, verb="webhook_in.process_again", target=event, before={"state": before}, after={"state": "waiting"}, now=now
    )
    transaction.on_commit(partial(process_event.enqueue, event.pk))
    return event
