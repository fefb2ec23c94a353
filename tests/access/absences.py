"""Who is away. Rita's absence: she, her lead, the head and administrators keep it."""

from datetime import date

from people.services import record_absence
from tests.access_table import Entry, by_role, signed_in

SEES = {"rep": 200, "lead": 200, "head": 200, "admin": 200}
REMOVES = {"rep": 302, "lead": 302, "head": 302, "admin": 302}
DAYS = {"starts_on": "2026-08-03", "until": "2026-08-07"}


def build(cast, now):
    days = {"starts_on": date(2026, 7, 1), "until": date(2026, 7, 3)}
    return {"absence": record_absence(actor=cast.lena, person=cast.rita, note="Moving house", now=now, **days)}


ENTRIES = [
    Entry(
        "absence_list",
        get=signed_in(200),
        post=by_role(422, rep=302, lead=302, head=302, admin=302),
        data=lambda w: DAYS | {"person": w.rita.pk},
    ),
    Entry("absence_remove", args=lambda w: [w.absence.pk], get=by_role(404, **SEES), post=by_role(404, **REMOVES)),
]
