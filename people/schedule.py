"""What people does by itself."""

from datetime import datetime

from people.services.audit_chain import seal_audit_log
from people.uploads import sweep


def seal(now: datetime) -> str:
    """Chain what the audit log got since the last time."""
    last = None
    while True:
        found = seal_audit_log(now=now)
        if found is None or found == last:
            break
        last = found
    return f"sealed up to {last.digest}" if last else "nothing to seal"


def sweep_uploads(now: datetime) -> str:
    """Lists of people that were uploaded and never imported are gone after a day."""
    sweep(now)
    return "uploads older than a day removed"
