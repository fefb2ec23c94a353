"""What assignments do by themselves."""

from datetime import datetime

from learning.assignments.changes.services import reopen_changed
from learning.assignments.reminders.services import send_reminders
from learning.assignments.renewals import open_renewals


def remind(now: datetime) -> str:
    """Remind learners and leads, where their clocks and wishes allow it."""
    done = send_reminders(now=now)
    return f"{done.made} reminders noted, {done.people} people and {done.leads} leads written to"


def reopen(now: datetime) -> str:
    """Assign again what changed materially since it was completed."""
    return f"{reopen_changed(now=now)} assigned again because the content changed"


def recertify(now: datetime) -> str:
    """Open the next cycle for certificates that are about to expire."""
    done = open_renewals(now=now)
    return f"{done.opened} renewals opened, {done.already} had the module to do already, {done.left_out} left out"
