"""Remedies: the head's alone."""

from coaching.playbook.services import add_remedy
from coaching.quality.services import ensure_starter_scorecard
from tests.access_table import Entry, only
from tests.factories.learning import make_module


def build(cast, now):
    ensure_starter_scorecard(actor=None, now=now)
    module = make_module(now)
    remedy = add_remedy(
        actor=cast.hana,
        scorecard_key="written-conversation",
        criterion_key="name-the-need",
        module=module,
        due_in_days=14,
        now=now,
    )
    return {"remedy": remedy, "module": module}


def remedy(w):
    return [w.remedy.pk]


HEAD = only("head")
HEAD_SAVES = only("head", status=302)

ENTRIES = [
    Entry("remedy_list", get=HEAD),
    Entry(
        "remedy_add",
        get=HEAD,
        post=HEAD_SAVES,
        data=lambda w: {"criterion": "written-conversation/own-the-mistake", "module": w.module.pk, "due_in_days": "7"},
    ),
    Entry("remedy_edit", args=remedy, get=HEAD, post=HEAD_SAVES, data=lambda w: {"module": w.module.pk, "due_in_days": "7"}),
    Entry("remedy_pause", args=remedy, post=HEAD_SAVES),
    Entry("remedy_resume", args=remedy, post=HEAD_SAVES),
]
