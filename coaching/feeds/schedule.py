"""What the feed does by itself."""

from datetime import datetime

from coaching.feeds import services


def run_feeds(now: datetime) -> str:
    """Take up events that no worker took, and forget bodies that need not be kept."""
    taken_up = services.take_up_what_waits(now=now)
    return f"{taken_up} events put in line, {services.forget_old_bodies(now=now)} bodies emptied"
