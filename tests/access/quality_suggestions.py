"""Suggested conversations and the helpers. The suggestion is about Rita, whom Lena leads."""

from datetime import timedelta

from django.utils import timezone

from coaching.quality import services
from coaching.quality.models import ScorecardVersion
from coaching.quality.suggestions.models import Suggestion
from tests.access_table import Entry, by_role, only
from tests.factories.quality import make_interaction

READERS = ("reviewer", "lead", "other_lead", "head")
LEADS = ("lead", "other_lead", "head")


def build(cast, now):
    today = timezone.now()
    services.ensure_starter_scorecard(actor=None, now=now)
    suggestions = [
        Suggestion.objects.create(
            interaction=make_interaction(cast.rita, number=number, now=today), day=today.date(), found_at=today
        )
        for number in (91, 92)
    ]
    Suggestion.objects.filter(pk=suggestions[1].pk).update(dismissed_at=today - timedelta(hours=1), dismissed_by=cast.lena)
    return {
        "suggestion": suggestions[0],
        "dismissed": suggestions[1],
        "version": ScorecardVersion.objects.get(state=ScorecardVersion.State.PUBLISHED),
    }


def of(name):
    return lambda w: [getattr(w, name).pk]


ENTRIES = [
    Entry("suggestion_list", get=only(*READERS)),
    Entry("suggestion_list", get=only(*READERS), query="?show=dismissed", case="dismissed"),
    Entry("suggestion_find", post=only(*LEADS, status=302)),
    Entry(
        "suggestion_give",
        args=of("suggestion"),
        get=by_role(404, lead=200, head=200),
        post=by_role(404, lead=302, head=302),
        data=lambda w: {"reviewer": w.vera.pk, "reason": "It was reopened."},
    ),
    Entry("suggestion_dismiss", args=of("suggestion"), post=by_role(404, lead=302, head=302)),
    Entry("suggestion_restore", args=of("dismissed"), post=by_role(404, lead=302, head=302)),
    Entry("helper_list", get=only(*READERS)),
    Entry("helpers_choose", post=only(*READERS, status=302), data=lambda w: {"show_proposals": "on"}),
    Entry("learner_train", post=only("head", status=302)),
    Entry("assistant_detail", args=of("version"), get=only(*READERS)),
    Entry("assistant_measure", args=of("version"), post=only("head", status=302)),
    Entry("assistant_stop", args=of("version"), post=only("head", status=302)),
    Entry("assistant_turn_on", args=of("version"), post=only("head", status=302)),
    Entry("assistant_turn_off", args=of("version"), post=only("head", status=302)),
]
