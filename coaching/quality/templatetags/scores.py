"""How the scores' pages draw and say them."""

from __future__ import annotations

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from coaching.quality.scores import words
from coaching.quality.scores.arithmetic import Share
from coaching.quality.scores.coverage import Unspoken
from foundation.statistics import Interval

register = template.Library()

WIDTH = 100.0


@register.simple_tag
def score_bar(value: float, interval: Interval, floor: float = 0, mark: float | None = None) -> str:
    """A score with its interval on a track from `floor` to 100; `mark` is a mean to compare with. The numbers stand beside it."""
    scale = WIDTH / max(1.0, 100 - floor)

    def x(points: float) -> float:
        return round(min(WIDTH, max(0.0, (points - floor) * scale)), 1)

    label = _("%(value)s, between %(low)s and %(high)s") % {
        "value": words.whole(value),
        "low": words.whole(interval.low),
        "high": words.whole(interval.high),
    }
    tick = format_html('<rect class="target" x="{}" y="0" width="1" height="10"/>', x(mark)) if mark is not None else ""
    return format_html(
        '<svg class="interval score-bar" viewBox="0 0 101.5 10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="track" x="0" y="3.5" width="101.5" height="3" rx="1.5"/>'
        '<rect class="range" x="{}" y="2.5" width="{}" height="5" rx="2"/>{}'
        '<rect class="value" x="{}" y="0.5" width="1.5" height="9" rx=".75"/></svg>',
        label,
        x(interval.low),
        round(max(0.8, x(interval.high) - x(interval.low)), 1),
        tick,
        x(value),
    )


@register.filter
def between(interval: Interval | None) -> str:
    """The ends of a score, in whole points."""
    return words.between(interval) if interval else "–"


@register.filter
def rate(found: Share | None) -> str:
    return words.rate(found)


@register.filter
def percent(found: Share | None) -> str:
    return words.share_percent(found) if found else "–"


@register.filter
def between_percent(found: Share | None) -> str:
    return words.between(found.interval, percents=True) if found else "–"


@register.filter
def spoken_for(gap: Unspoken) -> str:
    """The share of conversations that a score speaks for."""
    return words.percent(1 - gap.share)


@register.filter
def month(day: object) -> str:
    return date_format(day, "F Y")  # type: ignore[arg-type]


@register.simple_tag
def outcome(found: object, kind: str, compared: int) -> str:
    """What goes together with a criterion, in a sentence."""
    return words.outcome_in_words(found, kind, compared)  # type: ignore[arg-type]
