"""Why a conversation deserves a look, in words. Pure: from the figures noted when it was found.

A reason says what happened to the customer, not what the person did wrong: a low rating or a reopened case may have
nothing to do with how it was handled. Source: reference "Quality assurance and coaching", section 3.2, risk inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.quality.suggestions.models import SuggestionReason
from foundation.templatetags.ui import duration

Kind = SuggestionReason.Kind
Facts = Mapping[str, Any]
TONES = {Kind.LOW_RATING: "bad", Kind.COMPLAINT: "bad", Kind.REOPENED: "attention", Kind.ESCALATED: "attention"}


def sentence(kind: str, facts: Facts) -> str:
    """The reason as a sentence with its figure."""
    return _SENTENCES[Kind(kind)](facts)


def tone(kind: str) -> str:
    """Of the pill; its words say the same."""
    return TONES.get(Kind(kind), "neutral")


def _low_rating(facts: Facts) -> str:
    given = {"value": _number(facts["value"]), "low": _number(facts["low"]), "high": _number(facts["high"])}
    return _("The customer rated it %(value)s, on a scale from %(low)s to %(high)s.") % given


def _complaint(facts: Facts) -> str:
    return _("It is marked as a complaint.")


def _reopened(facts: Facts) -> str:
    return ngettext("It was reopened once.", "It was reopened %(n)s times.", facts["times"]) % {"n": facts["times"]}


def _escalated(facts: Facts) -> str:
    """What is known of it: who has the case now, its queue, how many wrote. Why it moved is not known."""
    parts = []
    if facts.get("moved"):
        parts.append(_("It lies with somebody else now."))
    if facts.get("queue"):
        parts.append(_("Its queue is “%(queue)s”.") % {"queue": facts["queue"]})
    if facts.get("writers"):
        parts.append(_("%(n)s colleagues answered in it.") % {"n": facts["writers"]})
    return " ".join(parts)


def _long_handle(facts: Facts) -> str:
    figures = {
        "took": duration(facts["seconds"]),
        "limit": duration(facts["limit"]),
        "n": number_format(facts["n"], force_grouping=True),
    }
    if facts.get("topic"):
        figures["topic"] = facts["topic"]
        return _("Handling took %(took)s; 95 %% of %(n)s cases about “%(topic)s” took at most %(limit)s.") % figures
    return _("Handling took %(took)s; 95 %% of this person’s %(n)s cases took at most %(limit)s.") % figures


def _new_topic(facts: Facts) -> str:
    figures = {"topic": facts["topic"], "day": date_format(date.fromisoformat(facts["since"]), "j F Y"), "n": facts["number"]}
    return _("Number %(n)s of the cases about “%(topic)s”, which nobody wrote about before %(day)s.") % figures


def _number(value: float) -> str:
    return number_format(f"{value:g}")


_SENTENCES = {
    Kind.LOW_RATING: _low_rating,
    Kind.COMPLAINT: _complaint,
    Kind.REOPENED: _reopened,
    Kind.ESCALATED: _escalated,
    Kind.LONG_HANDLE: _long_handle,
    Kind.NEW_TOPIC: _new_topic,
}
