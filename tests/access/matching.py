"""Unmatched people: administrators decide, the head reads; nobody else."""

from tests.access_table import Entry, by_role, only
from tests.factories import interactions as make


def build(cast, now):
    unknown = make.handler(None, key="agent-77")
    matched = make.handler(cast.rita, key="rita-there")
    return {"unknown": unknown, "matched": matched}


def unknown(w):
    return [w.unknown.pk]


READ = only("head", "admin")
DECIDE = only("admin", status=302)

ENTRIES = [
    Entry("match_queue", get=READ),
    Entry("match_queue", get=READ, query="?list=matched", case="matched"),
    Entry("match_handler", args=unknown, get=READ, query="?q=rita"),
    Entry("match_handler", args=lambda w: [987_654_321], get=by_role(403, head=404, admin=404), case="missing"),
    Entry("match_decide", args=unknown, post=DECIDE, data=lambda w: {"person": w.rita.pk}),
    Entry("match_confirm", post=DECIDE, data=lambda w: {"pair": f"{w.unknown.pk}:{w.rita.pk}"}),
    Entry("match_undo", args=lambda w: [w.matched.pk], post=DECIDE),
    Entry("match_ignore", args=unknown, post=DECIDE),
    Entry("match_look_again", args=unknown, post=DECIDE),
]
