"""What a plan's rules say, in words."""

from __future__ import annotations

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.interactions.models import Interaction
from coaching.quality.plans.cycles import Rhythm
from coaching.quality.plans.rules import Rules


def rhythm_text(rules: Rules) -> str:
    """How often, and when a cycle begins."""
    words = {"rhythm": Rhythm(rules.rhythm).label, "zone": rules.time_zone}
    if rules.rhythm == Rhythm.MONTHLY:
        text = _("%(rhythm)s, from day %(day)s") % {**words, "day": rules.start}
    elif rules.rhythm == Rhythm.DAILY:
        text = str(words["rhythm"])
    else:
        text = _("%(rhythm)s, from %(weekday)s") % {**words, "weekday": WEEKDAYS[rules.start]}
    return _("%(when)s (%(zone)s)") % {"when": text, "zone": rules.time_zone} if rules.time_zone else text


def condition_texts(rules: Rules) -> list[str]:
    """What has to hold of a conversation, one sentence part each."""
    found = []
    if rules.channels:
        labels = dict(Interaction.Channel.choices)
        found.append(", ".join(str(labels.get(channel, channel)) for channel in rules.channels))
    if rules.topics:
        found.append(", ".join(rules.topics))
    if rules.min_replies is not None:
        found.append(
            ngettext("at least one reply by us", "at least %(n)s replies by us", rules.min_replies) % {"n": rules.min_replies}
        )
    if rules.opened_within_days is not None:
        days = rules.opened_within_days
        found.append(ngettext("opened within a day", "opened within %(n)s days", days) % {"n": days})
    if rules.handle_minutes_above is not None:
        found.append(_("handled for more than %(n)s minutes") % {"n": rules.handle_minutes_above})
    chosen = {
        _("complaints"): rules.only_complaints,
        _("reopened"): rules.only_reopened,
        _("rated low by the customer"): rules.only_low_rating,
    }
    return found + [text for text, wanted in chosen.items() if wanted]
