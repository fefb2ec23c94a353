"""Flags of standards. Rita raised one."""

from cms.models import Standard
from coaching.quality.flags.services import raise_flag
from tests.access_table import Entry, by_role, only, signed_in


def build(cast, now):
    standard = Standard.objects.create(key="flagged-here", title="Name the need", behaviour="Says it back.", live=True)
    flag = raise_flag(actor=cast.rita, standard=standard, kind="unworkable", words="There is no time for it.", now=now)
    return {"flag": flag}


def of(name):
    return lambda w: [getattr(w, name).pk]


NEW = "?standard=flagged-here"

ENTRIES = [
    Entry("flag_list", get=only("editor", "head")),
    Entry("my_flags", get=signed_in(200)),
    Entry(
        "flag_raise", get=signed_in(200), post=signed_in(302), query=NEW, data=lambda w: {"kind": "unclear", "words": "Which?"}
    ),
    Entry("flag_detail", args=of("flag"), get=by_role(404, rep=200, editor=200, head=200)),
    Entry("flag_take_back", args=of("flag"), post=by_role(404, rep=302, editor=403, head=403)),
    Entry(
        "flag_answer",
        args=of("flag"),
        post=by_role(404, rep=403, editor=302, head=302),
        data=lambda w: {"state": "answered", "reply": "Once is enough."},
    ),
]
