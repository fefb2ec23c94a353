"""Naming the record store, switching it on and off, trying again, and forgetting a person."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from urllib.parse import urlsplit

import httpx2
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.outgoing import OutgoingRefused, check_url, guarded_client
from foundation.secrets import SecretUnreadable, decrypt, encrypt
from learning.statements import building
from learning.statements.gathering import site_of
from learning.statements.lrs import Answer, Lrs, MakeClient
from learning.statements.models import Pseudonym, RecordStore, Statement
from learning.statements.tasks import send_now
from people.audit import record
from people.models import Person

State = Statement.State
FROM_TODAY, ALL_THE_PAST, GO_ON = "today", "past", "go_on"


class StoreError(Exception):
    """A wish that cannot be met; the message says why and what to do."""


def tidy_endpoint(typed: str) -> str:
    """The address as it is kept: without "/statements" or a slash at its end. Raises StoreError for one that is not called."""
    endpoint = typed.strip().rstrip("/").removesuffix("/statements").rstrip("/")
    try:
        url = check_url(endpoint)
    except OutgoingRefused as refused:
        raise StoreError(str(refused)) from refused
    if url.query or url.fragment:
        raise StoreError(_("Leave out what follows “?” or “#”."))
    if url.scheme != "https" and not _allowed_without_tls(endpoint):
        raise StoreError(_("The address must begin with https://: a password goes there."))
    return endpoint


def _allowed_without_tls(endpoint: str) -> bool:
    """Only a host that the operator allowed by name, which the check lets pass where it lies in the private network."""
    port = urlsplit(endpoint).port
    return port not in (None, 80, 443)


@transaction.atomic
def name_store(*, actor: Person, endpoint: str, user_name: str, password: str, now: datetime) -> RecordStore:
    """Name the store, or change it. An empty password keeps the stored one, but never for another host.

    Raises StoreError where the address is not called, or a password is missing.
    """
    endpoint = tidy_endpoint(endpoint)
    store = RecordStore.objects.select_for_update().first()
    before = store.endpoint if store else ""
    if not password and (store is None or urlsplit(before).netloc != urlsplit(endpoint).netloc):
        raise StoreError(_("Type the password: the stored one belongs to another address.") if store else _("Type the password."))
    if store is None:
        store = RecordStore(pk=1)
    if endpoint != before:
        store.last_success_at = None
    store.endpoint, store.user_name = endpoint, user_name
    if password:
        store.password = encrypt(password)
    _start_afresh(store)
    store.save()
    record(
        actor=actor,
        verb="record_store.change",
        target=store,
        before={"endpoint": before},
        after={"endpoint": endpoint, "new_password": bool(password)},
        now=now,
    )
    return store


def _start_afresh(store: RecordStore) -> None:
    store.failures, store.next_try_at, store.stopped_at = 0, None, None
    store.last_error, store.last_error_at = "", None


@transaction.atomic
def turn_on(*, actor: Person, start: str, now: datetime) -> RecordStore:
    """Switch it on. `start`: from today on, all the past, or where it stopped.

    "All the past" also tells this store what was delivered to another address. Raises StoreError where none is named.
    """
    store = _locked()
    if store.enabled:
        return store
    if start == GO_ON and store.begun_at is None:
        start = FROM_TODAY
    waiting = Statement.objects.filter(state=State.WAITING)
    if start == FROM_TODAY:
        store.since = timezone.make_aware(datetime.combine(timezone.localdate(now), time()))
        # Never sent, so no evidence is lost: whoever wants all the past has them built anew.
        waiting.filter(happened_at__lt=store.since, sent_to="").exclude(kind=Statement.Kind.VOID).delete()
    elif start == ALL_THE_PAST:
        store.since, store.cursors = None, {}
        elsewhere = Q(state=State.DELIVERED) & ~Q(sent_to=store.endpoint)
        again = Statement.objects.filter(elsewhere, voided_at=None).exclude(kind=Statement.Kind.VOID)
        again.update(state=State.WAITING, sent_to="", settled_at=None, attempts=0)
    store.enabled, store.begun_at = True, now
    _start_afresh(store)
    store.save()
    record(actor=actor, verb="record_store.turn_on", target=store, after={"start": start}, now=now)
    transaction.on_commit(partial(send_now.enqueue))
    return store


@transaction.atomic
def turn_off(*, actor: Person, now: datetime) -> RecordStore:
    """Nothing leaves the house any more, from the next batch on. What waits stays."""
    store = _locked()
    if store.enabled:
        store.enabled = False
        store.save(update_fields=["enabled"])
        record(actor=actor, verb="record_store.turn_off", target=store, now=now)
    return store


@transaction.atomic
def try_again(*, actor: Person, now: datetime) -> RecordStore:
    """Send now what waits, whatever was agreed on about waiting; what was given up is taken up again."""
    store = _locked()
    if not store.enabled:
        raise StoreError(_("It is switched off."))
    _start_afresh(store)
    store.save()
    given_up = Statement.objects.filter(state__in=[State.WAITING, State.GIVEN_UP])
    given_up.update(state=State.WAITING, attempts=0, next_try_at=None, settled_at=None)
    record(actor=actor, verb="record_store.try_again", target=store, now=now)
    transaction.on_commit(partial(send_now.enqueue))
    return store


@transaction.atomic
def send_again(*, actor: Person, statement: Statement, now: datetime) -> Statement:
    """Send one that was refused or given up once more, after the store was put right."""
    row = Statement.objects.select_for_update().get(pk=statement.pk)
    if row.state not in (State.REFUSED, State.GIVEN_UP):
        raise StoreError(_("Only what was refused or given up is sent again."))
    row.state, row.attempts, row.next_try_at, row.settled_at = State.WAITING, 0, None, None
    row.save(update_fields=["state", "attempts", "next_try_at", "settled_at"])
    record(actor=actor, verb="record_store.send_again", target=row, now=now)
    transaction.on_commit(partial(send_now.enqueue))
    return row


def send_trial(*, actor: Person, clock: Callable[[], datetime], make_client: MakeClient = guarded_client) -> Answer:
    """Send a statement about nobody, on or off, because somebody asked for it. Raises StoreError where there is no answer."""
    store = RecordStore.objects.first()
    if store is None:
        raise StoreError(_("Name the store first."))
    now = clock()
    body = building.trial(site_of(store), uuid.uuid4(), now)
    try:
        with Lrs(store.endpoint, store.user_name, decrypt(store.password), make_client) as lrs:
            answer = lrs.post([body])
    except (OutgoingRefused, SecretUnreadable) as refused:
        raise StoreError(str(refused)) from refused
    except httpx2.HTTPError as failed:
        raise StoreError(_("No answer (%(what)s).") % {"what": type(failed).__name__}) from failed
    record(actor=actor, verb="record_store.test", target=store, after={"status": answer.status}, now=now)
    return answer


@dataclass(frozen=True)
class ForgottenPerson:
    """What the organisation needs to have a person deleted at the store too: the name they had there, and how much is there."""

    name: str
    delivered: int


@transaction.atomic
def forget_person(*, actor: Person | None, person: Person, now: datetime) -> ForgottenPerson | None:
    """Part of erasing a person: their name outside, and every statement's text, are emptied for good; nothing more is told.

    What the store holds stays there under a name that nobody can resolve any more: xAPI knows no deleting. The name is
    given back this once, so that the store's operator can be asked. None where nothing was ever told of them.
    """
    # Locked with the store, as gathering does: no statement is built of them while they are being forgotten.
    RecordStore.objects.select_for_update().first()
    pseudonym, made = Pseudonym.objects.select_for_update().get_or_create(person=person)
    name = str(pseudonym.name or "")
    rows = Statement.objects.filter(pseudonym=pseudonym)
    delivered = rows.exclude(sent_to="").count()
    rows.filter(state__in=[State.WAITING, State.REFUSED, State.GIVEN_UP]).update(state=State.DROPPED, settled_at=now)
    rows.update(body={}, answer="")
    already = pseudonym.forgotten_at is not None
    if not already:
        pseudonym.name, pseudonym.forgotten_at = None, now
        pseudonym.save(update_fields=["name", "forgotten_at"])
        record(actor=actor, verb="record_store.forget", target=pseudonym, subject=person, after={"delivered": delivered}, now=now)
    return None if made or already else ForgottenPerson(name, delivered)


def _locked() -> RecordStore:
    store = RecordStore.objects.select_for_update().first()
    if store is None:
        raise StoreError(_("Name the store first."))
    return store
