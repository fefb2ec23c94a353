"""What the signals do by themselves."""

from datetime import datetime

from django.utils import timezone

from coaching.signals.raising import raise_signals


def raise_tonight(now: datetime) -> str:
    """Judge everybody as of today; running it again on one day adds nothing."""
    run = raise_signals(actor=None, as_of=timezone.localdate(now), now=now)
    return f"{run.suggested} suggested, {run.watched} to watch; {run.people} people and {run.teams} teams judged"
