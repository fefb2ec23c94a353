"""The question bank holds the answers: editors and the head keep it, nobody else reads it."""

from learning.quizzes.bank.services import Label, add_question
from learning.quizzes.exchange.gift_reader import read_gift
from tests.access_table import Entry, only


def build(cast, now):
    content = read_gift(b"Which?{=this ~that}").found[0].question
    question = add_question(actor=cast.edda, content=content, label=Label(category="Tone"), now=now)
    return {"bank_question": question}


def one(w):
    return [w.bank_question.pk]


KEEPERS = only("editor", "head")
GO_ON = only("editor", "head", status=302)

ENTRIES = [
    Entry("question_list", get=KEEPERS),
    Entry("question_new", query="?kind=single", get=KEEPERS, post=KEEPERS),
    Entry("question_import", get=KEEPERS, post=KEEPERS),
    Entry("question_export", get=KEEPERS),
    Entry("question_detail", args=one, get=KEEPERS),
    Entry("question_edit", args=one, get=KEEPERS, post=KEEPERS),
    Entry("question_retire", args=one, post=GO_ON),
    Entry("question_revive", args=one, post=GO_ON),
]
