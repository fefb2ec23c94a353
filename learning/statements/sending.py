"""From the outbox to the store, in batches; what goes wrong with one statement stops no other.

A store takes a batch whole or not at all, so a batch that is refused is halved until the statement at fault stands alone: it is
marked and shown with the store's answer. What concerns all of them (no answer, wrong password, an address that is none) ends the
round: it is tried again later, ever less often, and given up after a day or so until somebody looks at it. Ids never change, so that
a statement whose answer was lost on the way is taken once all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx2
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.outgoing import OutgoingRefused, guarded_client
from foundation.secrets import SecretUnreadable, decrypt
from learning.statements.lrs import Answer, Lrs, MakeClient
from learning.statements.models import RecordStore, Statement
from people.audit import record
from people.mail import send_to_person
from people.models import Person, Role

BATCH = 50
MOST_BATCHES = 40
ROUND_LASTS = timedelta(minutes=4)
CLAIM_LASTS = timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
ROUNDS_TO_STOP = 30  # 1, 2, 4 … 60 minutes apart: a day and a quarter
MOST_ATTEMPTS = 12
REFUSED_BEFORE_ANY_WAS_TAKEN = 3

State = Statement.State


class Trouble(Exception):
    """The store takes nothing at all just now; the message says why. `hopeless`: it will not do by itself."""

    def __init__(self, message: str, *, hopeless: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(message)
        self.hopeless, self.wait = hopeless, wait


class RoundOver(Exception):
    """Switched off meanwhile, or enough for now."""


@dataclass
class Sent:
    """What a round did. `trouble` says what stopped it; empty where nothing did."""

    delivered: int = 0
    refused: list[int] = field(default_factory=list)
    trouble: str = ""
    nothing_to_do: bool = False


def wait_after(failures: int) -> timedelta:
    """1, 2, 4 … minutes, an hour at most."""
    return min(FIRST_WAIT * 2 ** min(max(failures, 1) - 1, 12), LONGEST_WAIT)


def send_waiting(*, clock: Callable[[], datetime], make_client: MakeClient = guarded_client) -> Sent:
    """Send what waits. Calls nobody where the store is off, asked us to wait, was given up, or somebody else is sending."""
    store = _claim(clock())
    if store is None:
        return Sent(nothing_to_do=True)
    sent = Sent()
    trouble = None
    try:
        if not Statement.objects.due(clock()).exists():
            return Sent(nothing_to_do=True)
        _Round(store, sent, clock, make_client).run()
    except Trouble as met:
        trouble, sent.trouble = met, str(met)
    finally:
        _note(store.pk, sent, trouble, clock())
    return sent


def _claim(now: datetime) -> RecordStore | None:
    """One statement of the database decides who sends; a claim that nobody gives back ends by itself."""
    free, ready = Q(claimed_until=None) | Q(claimed_until__lte=now), Q(next_try_at=None) | Q(next_try_at__lte=now)
    rows = RecordStore.objects.filter(free, ready, enabled=True, stopped_at=None)
    return RecordStore.objects.get() if rows.update(claimed_until=now + CLAIM_LASTS) else None


class _Round:
    """One conversation with the store."""

    def __init__(self, store: RecordStore, sent: Sent, clock: Callable[[], datetime], make_client: MakeClient) -> None:
        self.store, self.sent, self.clock, self.make_client = store, sent, clock, make_client
        self.ends_at = clock() + ROUND_LASTS

    def run(self) -> None:
        try:
            password = decrypt(self.store.password)
            with Lrs(self.store.endpoint, self.store.user_name, password, self.make_client) as self.lrs:
                for _batch in range(MOST_BATCHES):
                    batch = list(Statement.objects.due(self.clock())[:BATCH])
                    if not batch:
                        break
                    self.hand_in(batch)
        except RoundOver:
            return
        except (OutgoingRefused, SecretUnreadable) as refused:
            raise Trouble(str(refused), hopeless=True) from refused
        except httpx2.HTTPError as failed:
            raise Trouble(_("No answer (%(what)s).") % {"what": type(failed).__name__}) from failed

    def hand_in(self, batch: Sequence[Statement]) -> None:
        if self.clock() >= self.ends_at or not RecordStore.objects.filter(enabled=True).exists():
            raise RoundOver
        # Before the call: whoever takes a statement back meanwhile must know that the store may have it.
        Statement.objects.filter(pk__in=[row.pk for row in batch]).update(sent_to=self.store.endpoint)
        answer = self.lrs.post([row.body for row in batch])
        if answer.ok:
            self._delivered(batch, answer)
        elif answer.status in (400, 409, 413, 422) or answer.status >= 500:
            self._at_fault(batch, answer)
        else:
            raise Trouble(_in_words(answer), wait=_wait(answer))

    def _at_fault(self, batch: Sequence[Statement], answer: Answer) -> None:
        if len(batch) > 1:
            middle = len(batch) // 2
            self.hand_in(batch[:middle])
            self.hand_in(batch[middle:])
            return
        (row,) = batch
        if answer.status >= 500:
            self._failed(row, answer)
        elif answer.status == 409 and _same(self.lrs.find(str(row.number)), row.body):
            self._delivered(batch, answer)
        else:
            self._refused(row, answer)

    def _delivered(self, batch: Sequence[Statement], answer: Answer) -> None:
        now = self.clock()
        rows = Statement.objects.filter(pk__in=[row.pk for row in batch])
        rows.update(state=State.DELIVERED, settled_at=now, next_try_at=None, answer=str(answer.status))
        self.sent.delivered += len(batch)
        RecordStore.objects.filter(pk=self.store.pk).update(last_success_at=now)
        self.store.last_success_at = now

    def _refused(self, row: Statement, answer: Answer) -> None:
        row.state, row.settled_at, row.next_try_at, row.answer = State.REFUSED, self.clock(), None, str(answer)[:1000]
        row.save(update_fields=["state", "settled_at", "next_try_at", "answer"])
        self.sent.refused.append(row.pk)
        if self.store.last_success_at is None and len(self.sent.refused) >= REFUSED_BEFORE_ANY_WAS_TAKEN:
            # Nothing was ever taken: it is the store that does not fit, and not each of a thousand statements.
            Statement.objects.filter(pk__in=self.sent.refused).update(state=State.WAITING, settled_at=None)
            self.sent.refused.clear()
            raise Trouble(_("It refuses whatever we send: %(answer)s") % {"answer": answer}, hopeless=True)

    def _failed(self, row: Statement, answer: Answer) -> None:
        """The store fails at this very statement, or at everything: the latter where it has taken nothing in this round."""
        row.attempts += 1
        row.answer = str(answer)[:1000]
        if row.attempts >= MOST_ATTEMPTS:
            row.state, row.settled_at, row.next_try_at = State.GIVEN_UP, self.clock(), None
        else:
            row.next_try_at = self.clock() + wait_after(row.attempts)
        row.save(update_fields=["attempts", "answer", "state", "settled_at", "next_try_at"])
        if not self.sent.delivered:
            raise Trouble(_in_words(answer), wait=_wait(answer))


def _in_words(answer: Answer) -> str:
    if answer.status in (401, 403):
        return _("It does not let us in (%(answer)s). Look at the user name and the password.") % {"answer": answer}
    if answer.status in (404, 405) or 300 <= answer.status < 400:
        return _("There is no record store at this address (%(answer)s).") % {"answer": answer}
    if answer.status == 429:
        return _("It asks us to wait (%(answer)s).") % {"answer": answer}
    return _("It answered %(answer)s.") % {"answer": answer}


def _wait(answer: Answer) -> timedelta | None:
    return min(timedelta(seconds=answer.retry_after), LONGEST_WAIT) if answer.retry_after is not None else None


def _same(found: dict[str, Any] | None, ours: dict[str, Any]) -> bool:
    """Does the store hold our statement under this id? It adds fields of its own and may write others in another way."""
    if found is None:
        return False
    return all(_core(found, *path) == _core(ours, *path) for path in (("actor", "account"), ("verb", "id"), ("object", "id")))


def _core(body: dict[str, Any], name: str, inner: str) -> Any:
    part = body.get(name)
    return part.get(inner) if isinstance(part, dict) else None


@transaction.atomic
def _note(pk: int, sent: Sent, trouble: Trouble | None, now: datetime) -> None:
    store = RecordStore.objects.select_for_update().get(pk=pk)
    store.claimed_until = None
    if trouble is None:
        if sent.delivered or sent.refused:
            store.failures, store.next_try_at, store.last_error, store.last_error_at = 0, None, "", None
    else:
        store.failures = 1 if sent.delivered else store.failures + 1
        store.last_error, store.last_error_at = str(trouble)[:500], now
        store.next_try_at = now + max(wait_after(store.failures), trouble.wait or timedelta(0))
        if trouble.hopeless or store.failures >= ROUNDS_TO_STOP:
            _stop(store, now)
    store.save()


def _stop(store: RecordStore, now: datetime) -> None:
    """Give up until somebody looks, and tell the administrators. What waits is kept."""
    store.stopped_at, store.next_try_at = now, None
    record(actor=None, verb="record_store.stop", target=store, after={"failures": store.failures}, now=now)
    context: dict[str, Any] = {
        "why": store.last_error,
        "link": settings.BASE_URL.rstrip("/") + reverse("record_store"),
    }
    for person in Person.objects.active().with_role(Role.ADMIN):
        transaction.on_commit(partial(send_to_person, person, "learning/record_store_stopped", context))
