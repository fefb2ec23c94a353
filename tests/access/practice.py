"""Daily practice: everybody their own; sums of teams for teams, leads and the head; by name only who shares."""

from learning.practice.models import PracticeCard, PracticeChoice
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories.learning import make_module
from tests.factories.practice import answer


def build(cast, now):
    module = make_module(now)
    fields = {"person": cast.rita, "module": module, "due_on": now.date(), "made_at": now}
    card = PracticeCard.objects.create(question=f"{module.pk}:Q1", **fields)
    PracticeChoice.objects.create(person=cast.rita, shares=True, changed_at=now)
    return {"card": card, "answered": answer(card, now)}


def one(w):
    return [w.card.pk]


OWN, OWN_DONE = by_role(404, rep=200), by_role(404, rep=302)

ENTRIES = [
    Entry("practice", get=signed_in(200), post=signed_in(302)),
    Entry("practice_answer", args=lambda w: [w.answered.pk], get=OWN),
    Entry("practice_answers", get=signed_in(200)),
    Entry("practice_mine", get=signed_in(200)),
    Entry("practice_export", get=signed_in(200)),
    Entry("practice_erase", get=signed_in(200), post=signed_in(302)),
    Entry("practice_pause", post=signed_in(302)),
    Entry("practice_go_on", post=signed_in(302)),
    Entry("practice_share", post=signed_in(302), data=lambda w: {"shares": "yes"}),
    Entry("practice_put_aside", args=one, get=OWN, post=OWN_DONE, data=lambda w: {"because": "known"}),
    Entry("practice_bring_back", args=one, post=OWN_DONE),
    Entry("practice_team", get=only("rep", "other_rep", "lead", "other_lead", "head")),
    Entry("practice_person", args=lambda w: [w.rita.pk], get=by_role(404, rep=200, lead=200, head=200)),
]
