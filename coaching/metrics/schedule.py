"""What the figures need now and then, should a worker have been stopped."""

from datetime import datetime

from coaching.metrics import recount
from coaching.metrics.demand.counting import count_demand_days
from coaching.metrics.explorer.counting import count_changed_weeks


def count_what_waits(now: datetime) -> str:
    """Days, weeks by topic and days of demand that are marked and that nobody has counted."""
    days = recount.recount_changed_days(now)
    return f"{days} days, {count_changed_weeks()} weeks by topic and {count_demand_days(now)} days of demand counted"


def check_teams_of_days(now: datetime) -> str:
    """Mark the days that count for another team by now, and count them."""
    moved = recount.mark_moved_days()
    return f"{moved} days of moved people; {count_what_waits(now)}"
