"""Group sessions: open ones are everybody's, closed ones of those asked; running one is its host's and the head's."""

from datetime import timedelta

from django.utils import timezone

from learning.group_sessions.feeds import make_feed
from learning.group_sessions.places import invite
from tests.access_table import Entry, by_role, only, public, signed_in
from tests.factories.group_sessions import make_session


def build(cast, now):
    moment = timezone.now()
    closed = make_session(cast.lena, moment, "Closed", open_to_all=False)
    invite(actor=cast.lena, session=closed, people=[cast.rita], now=moment)
    soon = make_session(cast.lena, moment, "Soon", starts_at=moment + timedelta(minutes=5))
    return {
        "open": make_session(cast.lena, moment),
        "closed": closed,
        "soon": soon,
        "token": make_feed(actor=cast.rita, now=moment),
    }


def open_one(w):
    return [w.open.pk]


def closed_one(w):
    return [w.closed.pk]


RUNNERS = by_role(403, lead=200, head=200)
FORM = {"title": "New", "day": "2099-01-01", "begins": "10:00", "minutes": "60", "place": "Here"}

ENTRIES = [
    Entry("group_session_list", get=signed_in(200)),
    Entry("group_session_detail", args=open_one, get=signed_in(200)),
    Entry("group_session_detail", args=closed_one, get=by_role(404, rep=200, lead=200, other_lead=200, head=200), case="closed"),
    Entry(
        "group_session_new",
        get=only("lead", "other_lead", "head"),
        post=only("lead", "other_lead", "head", status=302),
        data=lambda w: FORM,
    ),
    Entry("group_session_edit", args=open_one, get=RUNNERS, post=RUNNERS | {"lead": 302, "head": 302}, data=lambda w: FORM),
    Entry(
        "group_session_cancel",
        args=open_one,
        get=RUNNERS,
        post=RUNNERS | {"lead": 302, "head": 302},
        data=lambda w: {"reason": "Ill."},
    ),
    Entry("group_session_join", args=open_one, post=signed_in(302)),
    Entry("group_session_leave", args=open_one, post=signed_in(302)),
    Entry(
        "group_session_invite",
        args=closed_one,
        get=by_role(404, rep=403, lead=200, other_lead=200, head=200),
        post=by_role(404, rep=403, lead=302, other_lead=200, head=302),
        data=lambda w: {"people": [w.ravi.pk]},
    ),
    Entry(
        "group_session_attendance",
        args=closed_one,
        get=by_role(404, rep=403, lead=200, other_lead=403, head=200),
        post=by_role(404, rep=403, lead=302, other_lead=403, head=302),
    ),
    Entry("group_session_check_in", args=lambda w: [w.soon.pk], post=signed_in(302), data=lambda w: {"code": "ABCDEF"}),
    Entry("group_session_feedback", args=open_one, post=signed_in(302), data=lambda w: {"rating": "5"}),
    Entry("learn_calendar", get=signed_in(200)),
    Entry("team_calendar", get=only("lead", "other_lead", "head")),
    Entry("calendar_address", get=signed_in(200)),
    Entry("make_calendar_address", post=signed_in(200)),
    Entry("end_calendar_address", post=signed_in(302)),
    Entry("calendar_feed", args=lambda w: [w.token], get=public(200)),
    Entry("calendar_feed", args=lambda w: ["unknown"], get=public(404), case="unknown"),
]
