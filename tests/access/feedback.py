"""What learners say of modules: theirs, and the editors'; recommendations are everybody's own."""

from learning.assignments.training.services import complete_by_hand
from learning.feedback.models import ModuleFeedback
from learning.feedback.services import give_feedback
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories.learning import give, make_module


def build(cast, now):
    module = make_module(now)
    done = complete_by_hand(actor=cast.lena, assignment=give(cast.rita, module, now), reason="Seen.", now=now)
    give_feedback(
        actor=cast.rita,
        module=module,
        revision=done.revision,
        content_digest=done.content_digest,
        helped=False,
        comment="Too long.",
        now=now,
    )
    return {"module": module, "said": ModuleFeedback.objects.get()}


def module(w):
    return [w.module.pk]


def said(w):
    return [w.said.pk]


EDITORS = only("editor")
EDITOR_SAVES = only("editor", status=302)
LEARNER = by_role(403, rep=302)

ENTRIES = [
    Entry("say_helped", args=module, post=LEARNER, data=lambda w: {"helped": "yes"}),
    Entry("take_back_helped", args=module, post=signed_in(302)),
    Entry("feedback_list", get=EDITORS),
    Entry("module_feedback", args=module, get=EDITORS),
    Entry("mark_feedback_read", args=said, post=EDITOR_SAVES),
    Entry("answer_feedback", args=said, post=EDITOR_SAVES, data=lambda w: {"answer": "We shorten it."}),
    Entry("translate_module", args=module, post=EDITOR_SAVES, data=lambda w: {"language": "de"}),
    Entry("recommendation_take", args=module, post=signed_in(302)),
    Entry("recommendation_dismiss", args=module, post=signed_in(302)),
    Entry("recommendations_again", post=signed_in(302)),
]
