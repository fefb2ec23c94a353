"""What rules do by themselves."""

from datetime import datetime

from learning.enrolment.applying import apply_rules


def apply_all(now: datetime) -> str:
    """Apply the active rules to whoever meets them now."""
    done = apply_rules(now=now)
    return f"{done.given} given, {done.taken} taken back, {done.waiting} waiting for something that comes first"
