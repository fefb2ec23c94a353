"""What practice does by itself."""

from datetime import datetime

from learning.practice.cards import make_cards as make
from learning.practice.months import close_months as close


def make_cards(now: datetime) -> str:
    """Cards for what was completed or published since the last look."""
    done = make(now=now)
    return f"{done.cards} cards made, {done.retired} rest because their question is gone"


def close_months(now: datetime) -> str:
    """Sum the months that are over for leads."""
    return f"{close(now=now)} months closed"
