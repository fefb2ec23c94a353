"""How long to wait before trying again."""

from datetime import timedelta

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 15 s, 30 s, … an hour at most."""
    return min(FIRST_WAIT * 2 ** min(max(attempts, 1) - 1, 12), LONGEST_WAIT)
