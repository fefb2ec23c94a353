"""The last weeks' signals, raised as the nightly run would have, and the recall drawn on the charts of its team."""

from datetime import datetime, timedelta

from coaching.signals.models import Signal
from coaching.signals.services import act_on_signal, add_annotation, dismiss_signal, mute_signal, raise_signals, see_signal
from demo.company import Company
from demo.history.skill import RECALL_TEAM, RECALL_WEEKS
from demo.seeding.people import Cast
from people.models import Membership

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
    _handle(company, cast, now)
    return found


def _handle(company: Company, cast: Cast, now: datetime) -> None:
    """What leads did about them so far: one dismissed with its reason, one silenced, one acted upon, one seen; the rest is new."""
    slipped = company.with_story("slipped").email
    leads = {cast.teams[lead.team].pk: cast.account(lead) for lead in company.leads}
    open_ones = Signal.objects.filter(person__isnull=False, state=Signal.State.NEW).exclude(person__email=slipped)
    later = now - timedelta(hours=5)
    for number, signal in enumerate(open_ones.order_by("raised_on", "pk")[: len(STEPS)]):
        memberships = Membership.objects.filter(person=signal.person_id, kind=Membership.Kind.MEMBER)
        team = memberships.order_by("-starts_on").values_list("team_id", flat=True)[0]
        STEPS[number](leads[team], signal, later)


STEPS = (
    lambda lead, signal, now: dismiss_signal(
        actor=lead, signal=signal, reason="The two weeks of stand-in on the phone line. We spoke about it.", now=now
    ),
    lambda lead, signal, now: mute_signal(actor=lead, signal=signal, weeks=4, now=now),
    lambda lead, signal, now: act_on_signal(actor=lead, signal=signal, note="Read three cases together.", now=now),
    lambda lead, signal, now: see_signal(actor=lead, signal=signal, now=now),
)
