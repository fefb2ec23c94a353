"""The chain over the audit log: whoever changes or removes an entry behind our back breaks it.

Entries are chained in blocks, some time after they were written: chaining each entry as it is written
would make every change in the house wait for every other. Until the next sealing the newest entries
are unprotected; the digest of the last seal, kept elsewhere (the command prints it for the log),
proves that no seal was cut off at the end.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import transaction

from people.models import AuditEntry, AuditSeal

BLOCK = 5000


@transaction.atomic
def seal_audit_log(*, now: datetime) -> AuditSeal | None:
    """Chain the oldest entries not sealed yet (at most 5,000); returns the newest seal, None where there is none.

    Call again until nothing is left. Two at once queue up.
    """
    # The oldest entry is never sealed away or changed, and there before the first seal: whoever holds it seals.
    AuditEntry.objects.select_for_update(of=("self",)).order_by("pk").first()
    # Read after the wait, so that it is the seal of whoever was faster.
    last = AuditSeal.objects.last()
    entries = list(AuditEntry.objects.filter(seal=None).order_by("pk")[:BLOCK])
    if not entries:
        return last
    digest = _digest(last.digest if last else "", entries)
    seal = AuditSeal.objects.create(at=now, entries_count=len(entries), digest=digest)
    AuditEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(seal=seal)
    return seal


def broken_seals(*, expected_digest: str = "") -> list[str]:
    """What does not add up, in words; empty where the log is whole.

    `expected_digest` is that of a seal noted elsewhere: the chain must still hold it.
    """
    faults, previous, known = [], "", set()
    for seal in AuditSeal.objects.order_by("pk"):
        entries = list(seal.entries.order_by("pk"))
        if len(entries) != seal.entries_count:
            faults.append(f"seal {seal.pk}: {seal.entries_count} entries were sealed, {len(entries)} are there")
        elif _digest(previous, entries) != seal.digest:
            faults.append(f"seal {seal.pk}: an entry was changed, or the seal before it")
        previous = seal.digest
        known.add(seal.digest)
    if expected_digest and expected_digest not in known:
        faults.append("the seal noted elsewhere is gone: the end of the log was cut off")
    return faults


def _digest(previous: str, entries: Iterable[AuditEntry]) -> str:
    running = hashlib.sha256(previous.encode())
    for entry in entries:
        at = entry.at.astimezone(UTC).isoformat()
        fields = [
            entry.pk, at, entry.actor_id, entry.verb, entry.target_type, entry.target_id, entry.target_name,
            entry.subject_id, entry.before, entry.after, entry.once_key,
        ]  # fmt: skip
        running.update(json.dumps(fields, sort_keys=True, ensure_ascii=True).encode())
    return running.hexdigest()
