"""What assignments do by themselves."""

from datetime import datetime

from learning.assignments.renewals import open_renewals


def recertify(now: datetime) -> str:
    """Open the next cycle for certificates that are about to expire."""
    done = open_renewals(now=now)
    return f"{done.opened} renewals opened, {done.already} had the module to do already, {done.left_out} left out"
