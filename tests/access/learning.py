"""Modules, assignments and quizzes: own, the lead's, the head's; only the learner learns."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from learning.assignments.services import finish_step, start_attempt
from learning.modules.content import from_revision
from learning.quizzes.services import submit_quiz
from people.uploads import find_upload, keep_upload
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories.learning import give, make_module


def build(cast, now):
    module = make_module(now)
    started = give(cast.rita, module, now)
    attempt = start_attempt(actor=cast.rita, assignment=started, now=now)
    content = from_revision(attempt.revision)
    wrong = {q.id: [a.id for a in q.answers if not a.correct] for q in content.questions}
    submit_quiz(actor=cast.rita, attempt=attempt, number=1, answers=wrong, now=now)
    finish_step(actor=cast.rita, attempt=attempt, step=f"lesson:{content.lessons[0].id}", now=now)
    waiting = give(cast.rita, make_module(now, "Waiting"), now)
    over = give(cast.rita, make_module(now, "Over"), now, access_until=date(2020, 1, 1))
    file = SimpleUploadedFile("past.csv", b"e-mail,training,completed on\nrita@example.com,Phone,2020-01-01\n")
    token, done = (keep_upload(person=cast.hana, upload=file, invite=False, now=timezone.now()) for _ in range(2))
    find_upload(cast.hana, done).keep_result({"counts": {"read": 1, "rejected": 0}, "problems": []})
    return {"module": module, "started": started, "waiting": waiting, "over": over, "token": token, "done": done}


def module(w):
    return [w.module.pk]


def started(w):
    return [w.started.pk]


def numbered(w):
    return [w.started.pk, 1]


def upload(w):
    return [w.token]


HEADS_OWN = by_role(403, head=200)
LEARNER = by_role(404, rep=200, lead=403, head=403)
LEARNER_GOES_ON = by_role(404, rep=302, lead=403, head=403)
LEADS = only("lead", "other_lead", "head")
KEEPERS = by_role(404, rep=403, lead=200, head=200)
ASSIGN = {"due_on": "2099-01-01", "because": "It helps."}

ENTRIES = [
    Entry("learn_home", get=signed_in(200)),
    Entry("learn_catalogue", get=signed_in(200)),
    Entry("module_detail", args=module, get=signed_in(200)),
    Entry("module_with_answers", args=module, get=only("editor", "head")),
    Entry("export_module", args=module, get=only("editor", "head")),
    Entry("import_module", get=only("editor"), post=only("editor", status=422)),
    Entry("module_change_teams", args=module, get=only("head"), post=only("head", status=302)),
    Entry("choose_module", args=module, post=signed_in(302)),
    Entry("assignment_detail", args=started, get=by_role(404, rep=200, lead=200, head=200)),
    Entry("start_attempt", args=lambda w: [w.waiting.pk], post=LEARNER_GOES_ON),
    Entry("restart_attempt", args=started, post=LEARNER_GOES_ON),
    Entry("resume_assignment", args=started, get=LEARNER_GOES_ON),
    Entry("lesson", args=numbered, get=LEARNER),
    Entry("finish_lesson", args=numbered, post=LEARNER_GOES_ON),
    Entry("quiz", args=started, get=LEARNER, post=LEARNER_GOES_ON, data=lambda w: {"number": "9"}),
    Entry("quiz_analysis", args=module, get=only("editor", "head")),
    Entry("give_try", args=started, post=by_role(403, lead=302, other_lead=404, editor=404, head=302)),
    Entry("begin_quiz", args=started, post=LEARNER_GOES_ON),
    Entry("save_quiz", args=started, post=LEARNER_GOES_ON, data=lambda w: {"number": "9"}),
    Entry("quiz_result", args=numbered, get=LEARNER),
    Entry(
        "withdraw_assignment",
        args=lambda w: [w.waiting.pk],
        get=KEEPERS,
        post=KEEPERS | {"lead": 302, "head": 302},
        data=lambda w: {"reason": "Not needed."},
    ),
    Entry(
        "change_dates",
        args=started,
        get=KEEPERS,
        post=KEEPERS | {"lead": 302, "head": 302},
        data=lambda w: {"due_on": "2099-01-01"},
    ),
    Entry(
        "assignment_by_hand",
        args=lambda w: [w.waiting.pk],
        get=KEEPERS,
        post=KEEPERS | {"lead": 302, "head": 302},
        data=lambda w: {"reason": "I saw it."},
    ),
    Entry("training_import", get=only("head"), post=only("head")),
    Entry("training_import_preview", args=upload, get=HEADS_OWN, post=by_role(403, head=302)),
    Entry("training_import_result", args=lambda w: [w.done], get=HEADS_OWN),
    Entry("training_import_errors", args=lambda w: [w.done], get=HEADS_OWN),
    Entry("ask_for_more_time", args=lambda w: [w.over.pk], post=LEARNER_GOES_ON),
    Entry("learn_team", get=LEADS),
    Entry("learn_team_export", get=LEADS),
    Entry(
        "learn_team_change",
        post=only("lead", "head") | {"other_lead": 302},
        data=lambda w: {"action": "dates", "assignment": [w.started.pk]},
    ),
    Entry(
        "assign_module",
        get=LEADS,
        post=only("lead", "head", status=302) | {"other_lead": 200},
        data=lambda w: ASSIGN | {"module": w.module.pk, "people": [w.ravi.pk]},
    ),
]
