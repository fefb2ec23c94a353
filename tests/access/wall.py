"""The live wall: leads for their teams, the head for all; links also by administrators; a good link by anybody."""

from coaching.metrics.wall import access, services
from tests.access_table import Entry, by_role, only, public


def build(cast, now):
    link = services.create_link(actor=cast.lena, team=cast.harbour, place="Kitchen", now=now)
    ended = services.create_link(actor=cast.lena, team=cast.harbour, place="Hall", now=now)
    services.revoke_link(actor=cast.adam, link=ended, now=now)
    return {"link": link, "ended": ended}


HANGS = only("lead", "other_lead", "head", "admin")

ENTRIES = [
    Entry("wall_list", get=HANGS, post=HANGS),
    Entry(
        "wall_list",
        post=by_role(403, lead=302, head=302, admin=302, other_lead=200),
        get=HANGS,
        data=lambda w: {"team": w.harbour.pk, "place": "Lift"},
        case="a link of Harbour",
    ),
    Entry("wall_team", args=lambda w: [w.harbour.pk], get=by_role(403, lead=200, head=200, other_lead=404)),
    Entry("wall_revoke", args=lambda w: [w.link.pk], post=by_role(403, lead=302, head=302, admin=302, other_lead=404)),
    Entry("wall_show", args=lambda w: [access.token_of(w.link)], get=public(200)),
    Entry("wall_show", args=lambda w: [access.token_of(w.ended)], get=public(404), case="revoked"),
    Entry("wall_show", args=lambda w: ["1.forged"], get=public(404), case="forged"),
]
