"""The question bank holds the answers: editors and the head keep it, nobody else reads it; leads mark their own people."""

from learning.assignments.services import start_attempt
from learning.quizzes.bank.services import Label, add_question
from learning.quizzes.exchange.gift_reader import read_gift
from learning.quizzes.mastering.services import begin_run
from learning.quizzes.services import submit_quiz
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories.learning import free_text, give, make_module
from tests.factories.learning import question as asked


def build(cast, now):
    content = read_gift(b"Which?{=this ~that}").found[0].question
    question = add_question(actor=cast.edda, content=content, label=Label(category="Tone"), now=now)
    module = make_module(now, quiz=[free_text("free"), asked("Q1", [("yes", True), ("no", False)])])
    attempt = start_attempt(actor=cast.rita, assignment=give(cast.rita, module, now), now=now)
    answers = {"free": ["My words."], "Q1": ["Q1-no"]}
    waiting = submit_quiz(actor=cast.rita, attempt=attempt, number=1, answers=answers, now=now)
    for number in range(5):
        extra = read_gift(f"Number {number}?{{=this ~that}}".encode()).found[0].question
        add_question(actor=cast.edda, content=extra, label=Label(category="Tone"), now=now)
    run = begin_run(actor=cast.rita, category="Tone", now=now)
    return {"run": run, "bank_question": question, "waiting": waiting, "module": module}


def one(w):
    return [w.bank_question.pk]


KEEPERS = only("editor", "head")
MARKERS = by_role(403, lead=200, other_lead=404, editor=200, head=200)
GO_ON = only("editor", "head", status=302)

ENTRIES = [
    Entry("mastery_home", get=signed_in(200), post=signed_in(302)),
    Entry("mastery_run", args=lambda w: [w.run.pk], get=by_role(404, rep=200), post=by_role(404, rep=302)),
    Entry("question_list", get=KEEPERS),
    Entry("question_new", query="?kind=single", get=KEEPERS, post=KEEPERS),
    Entry("question_import", get=KEEPERS, post=KEEPERS),
    Entry("question_export", get=KEEPERS),
    Entry("question_detail", args=one, get=KEEPERS),
    Entry("question_edit", args=one, get=KEEPERS, post=KEEPERS),
    Entry("question_regrade", args=one, get=KEEPERS, post=KEEPERS),
    Entry("inline_regrade", args=lambda w: [w.module.pk, "Q1"], get=KEEPERS, post=KEEPERS),
    Entry("marking_queue", get=only("lead", "other_lead", "editor", "head")),
    Entry("mark_submission", args=lambda w: [w.waiting.pk], get=MARKERS, post=MARKERS),
    Entry("question_retire", args=one, post=GO_ON),
    Entry("question_revive", args=one, post=GO_ON),
]
