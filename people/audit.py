"""One way into the audit log, used by every service that a person sets in motion."""

from datetime import datetime
from typing import Any

from django.db import models

from people.models import AuditEntry, Person


def record(
    *,
    actor: Person | None,
    verb: str,
    target: models.Model | None = None,
    subject: Person | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    now: datetime,
) -> AuditEntry:
    """Write one entry. `actor` None means the system itself; `subject` is the person it concerns.

    `before` and `after` hold ids, states and numbers; never text a customer or colleague wrote.
    """
    return AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb=verb,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target_name=str(target)[:200] if target is not None else "",
        subject=subject,
        before=before or {},
        after=after or {},
    )


def record_read(viewer: Person, subject: Person, what: str, now: datetime) -> None:
    """Note that `viewer` read `what` ("scores", "cases") of somebody else: one row per day (UTC) at most.

    Reading one's own record leaves no row.
    """
    if viewer.pk == subject.pk:
        return
    day = now.date().isoformat()
    entry = AuditEntry(
        at=now,
        actor=viewer,
        verb=f"read.{what[:40]}",
        target_type=subject._meta.label_lower,
        target_id=str(subject.pk),
        target_name=str(subject)[:200],
        subject=subject,
        once_key=f"read|{viewer.pk}|{subject.pk}|{what[:40]}|{day}",
    )
    # One statement, also where the row is there already: a page that only reads should stay quick.
    AuditEntry.objects.bulk_create([entry], ignore_conflicts=True)
