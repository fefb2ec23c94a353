"""Learning paths: everybody reads those in use; editors and the head keep them; the way is the learner's and their lead's."""

from learning.paths.queries import steps_of
from learning.paths.services import assign_path
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories.learning import make_module
from tests.factories.paths import make_path


def build(cast, now):
    first, second = make_module(now, "First module"), make_module(now, "Second module")
    path = make_path(now, ([first, second], 1), ([second], 1))
    way, _new = assign_path(actor=cast.lena, person=cast.rita, path=path, due_on=None, source="lead", because="", now=now)
    return {"path": path, "way": way, "module": first, "step": steps_of(path)[0]}


def path(w):
    return [w.path.pk]


def step(w):
    return [w.path.pk, w.step.pk]


def way(w):
    return [w.way.pk]


KEEPERS = only("editor", "head")
KEEP = only("editor", "head", status=302)
LEADS = only("lead", "other_lead", "head")

ENTRIES = [
    Entry("path_list", get=signed_in(200)),
    Entry("path_detail", args=path, get=signed_in(200)),
    Entry("path_create", get=KEEPERS, post=KEEP, data=lambda w: {"title": "Another"}),
    Entry("path_edit", args=path, get=KEEPERS, post=KEEP, data=lambda w: {"title": "Renamed"}),
    Entry("path_archive", args=path, post=KEEP),
    Entry("path_choose", args=path, post=signed_in(302)),
    Entry(
        "path_assign",
        args=path,
        get=LEADS,
        post=only("lead", "head", status=302) | {"other_lead": 200},
        data=lambda w: {"people": [w.ravi.pk], "due_on": "2099-01-01", "because": "It helps."},
    ),
    Entry("step_add", args=path, get=KEEPERS, post=KEEP, data=lambda w: {"modules": [w.module.pk]}),
    Entry("step_edit", args=step, get=KEEPERS, post=KEEP, data=lambda w: {"modules": [w.module.pk]}),
    Entry("step_remove", args=step, post=KEEP),
    Entry("step_move", args=step, post=KEEP),
    Entry("path_way", args=way, get=by_role(404, rep=200, lead=200, head=200)),
    Entry("path_take", args=lambda w: [w.way.pk, w.module.pk], post=by_role(404, rep=302, lead=403, head=403)),
    Entry(
        "path_withdraw",
        args=way,
        get=by_role(404, rep=403, lead=200, head=200),
        post=by_role(404, rep=403, lead=302, head=302),
        data=lambda w: {"reason": "Not needed."},
    ),
]
