"""The last weeks' signals, raised as the nightly run would have, and the recall drawn on the charts of its team."""

from datetime import datetime, timedelta

from coaching.signals.services import add_annotation, raise_signals
from demo.company import Company
from demo.history.skill import RECALL_TEAM, RECALL_WEEKS
from demo.seeding.people import Cast

WEEKS_BACK = (3, 2, 1, 0)


def seed_signals(company: Company, cast: Cast, *, weeks: int, now: datetime) -> int:
    """Judge four days, a week apart, the last of them today; the number of signals."""
    found = 0
    for back in WEEKS_BACK:
        moment = now - timedelta(weeks=back)
        run = raise_signals(actor=None, as_of=moment.date(), now=moment)
        found += run.suggested + run.watched
    began = now.date() - timedelta(weeks=weeks)
    if RECALL_WEEKS.stop < weeks:
        add_annotation(
            actor=cast.account(company.lead_of(RECALL_TEAM)),
            kind="outage",
            text="Recall of the cellar sensors",
            first=began + timedelta(weeks=RECALL_WEEKS.start),
            last=began + timedelta(weeks=RECALL_WEEKS.stop, days=-1),
            team=cast.teams[RECALL_TEAM],
            now=now,
        )
    return found
