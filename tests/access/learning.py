"""Learning: modules are for everybody, an assignment for its learner, those who lead them, and the head.

Only the learner learns. Who reads an assignment without being its learner gets 403 from the player.
"""

from datetime import date

from learning.assignments.models import Assignment
from learning.assignments.services import choose_module, finish_step, start_attempt
from learning.modules.content import from_revision
from learning.quizzes.services import submit_quiz
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories.learning import give, make_module, questions_of, quiz_form


def build(cast, now):
    module = make_module(now, title="Listening")
    waiting = give(cast.rita, make_module(now, title="Waiting"), now, actor=cast.lena, source=Assignment.Source.LEAD)
    started = give(cast.rita, module, now, actor=cast.lena, because_quote="Hold the line.")
    attempt = start_attempt(actor=cast.rita, assignment=started, now=now)
    for lesson in from_revision(attempt.revision).lessons:
        finish_step(actor=cast.rita, attempt=attempt, step=f"lesson:{lesson.id}", now=now)
    wrong = {q.id: [next(a.id for a in q.answers if not a.correct)] for q in questions_of(module)}
    submit_quiz(actor=cast.rita, attempt=attempt, number=1, answers=wrong, now=now)
    own = choose_module(actor=cast.rita, module=make_module(now, title="Own choice"), now=now)
    return {
        "module": module,
        "free": make_module(now, title="Free"),
        "waiting": waiting,
        "started": started,
        "own": own,
    }


def waiting(w):
    return [w.waiting.pk]


def started(w):
    return [w.started.pk]


def learner(status):
    """The learner gets `status`; who may read the assignment reads why not; others know nothing of it."""
    return by_role(404, rep=status, lead=403, head=403)


LEADERS = ("lead", "other_lead", "head")
READERS = by_role(404, rep=200, lead=200, head=200)
FAR = date(2100, 1, 1).isoformat()

ENTRIES = [
    Entry("learn_home", get=signed_in(200)),
    Entry("learn_catalogue", get=signed_in(200), query="?q=listen"),
    Entry("module_detail", args=lambda w: [w.module.pk], get=signed_in(200)),
    Entry("module_with_answers", args=lambda w: [w.module.pk], get=only("editor", "head")),
    Entry("choose_module", args=lambda w: [w.free.pk], post=signed_in(302)),
    Entry("assignment_detail", args=waiting, get=READERS),
    Entry("assignment_detail", args=started, get=READERS, case="started"),
    Entry("start_attempt", args=waiting, post=learner(302)),
    Entry("restart_attempt", args=started, post=learner(302)),
    Entry("resume_assignment", args=started, get=learner(302)),
    Entry("resume_assignment", args=waiting, get=learner(302), case="not started"),
    Entry("lesson", args=lambda w: [w.started.pk, 1], get=learner(200)),
    Entry("lesson", args=lambda w: [w.started.pk, 9], get=learner(404), case="no such lesson"),
    Entry("finish_lesson", args=lambda w: [w.started.pk, 1], post=learner(302)),
    Entry("quiz", args=started, get=learner(200), post=learner(302), data=lambda w: quiz_form(w.module, number=2)),
    Entry("quiz_result", args=lambda w: [w.started.pk, 1], get=learner(200)),
    Entry("quiz_result", args=lambda w: [w.started.pk, 9], get=learner(404), case="no such try"),
    Entry(
        "withdraw_assignment",
        args=waiting,
        get=by_role(404, rep=403, lead=200, head=200),
        post=by_role(404, rep=403, lead=302, head=302),
        data=lambda w: {"reason": "Given by mistake."},
    ),
    Entry(
        "withdraw_assignment",
        args=lambda w: [w.own.pk],
        get=READERS,
        post=by_role(404, rep=302, lead=302, head=302),
        data=lambda w: {"reason": "Not now."},
        case="own choice",
    ),
    Entry("learn_team", get=only(*LEADERS)),
    Entry(
        "assign_module",
        get=only(*LEADERS),
        # Rita is not among the people the other lead can choose.
        post=only("lead", "head", status=302) | {"other_lead": 200},
        data=lambda w: {"module": w.free.pk, "people": [w.rita.pk], "due_on": FAR, "because": "It helps."},
    ),
]
