"""A figure's interval as a small bar, for cells where a line would be too much."""

from collections.abc import Mapping
from datetime import timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coaching.metrics.calendar_queries import week_in_words
from coaching.metrics.display import between, in_words
from coaching.metrics.figures import Figure
from coaching.metrics.models import MetricDefinition
from foundation.templatetags.ui import duration, icon, number

register = template.Library()

TRACK = 100


@register.simple_tag
def figure_bar(figure: Figure, scale: Mapping[str, float] | str = "") -> SafeString | str:
    """The interval on a track from 0 to 100 %, or to the largest end in `scale` (metric key → value) for times.

    Hidden from screen readers: the same numbers stand in words beside it.
    """
    if figure.value is None or figure.low is None or figure.high is None:
        return ""
    if figure.definition.unit == MetricDefinition.Unit.PERCENT:
        top = 1.0
    else:
        top = scale.get(figure.definition.key, 0.0) if isinstance(scale, Mapping) else 0.0
    if top <= 0:
        return ""

    def at(value: float) -> float:
        return round(min(1.0, value / top) * TRACK, 1)

    target = figure.definition.target
    tick = "" if target is None else format_html('<rect class="target" x="{}" y="0" width="1.5" height="10"/>', at(target))
    return format_html(
        '<svg class="interval" viewBox="0 0 102 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="track" x="0" y="3.5" width="102" height="3" rx="1.5"/>'
        '<rect class="range" x="{}" y="2" width="{}" height="6" rx="2"/>{}'
        '<rect class="value" x="{}" y="0.5" width="2" height="9" rx="1"/></svg>',
        at(figure.low),
        max(1.0, round(at(figure.high) - at(figure.low), 1)),
        tick,
        at(figure.value),
    )


@register.simple_tag
def figure_cell(figure: Figure, scale: Mapping[str, float] | str = "", url: str = "", mark: str = "") -> SafeString:
    """A figure in a table: value (a link to its cases), interval bar, interval and n; why it stands out, in words.

    Written without a template of its own: a board holds hundreds of them.
    """
    if figure.value is None:
        words = _("not enough data") if figure.n else _("none")
        return format_html(
            '<span class="cell"><span class="cell__none">{}</span><span class="cell__n">n = {}</span></span>', words, figure.n
        )
    value: SafeString | str = in_words(figure.value, figure.definition) or ""
    if url:
        value = format_html('<a href="{}">{}</a>', url, value)
    span = between(figure)
    rest: SafeString | str = ""
    if span:
        rest = format_html('<span class="cell__between">{}</span><span class="cell__n">n = {}</span>', span, number(figure.n))
    why = format_html('<span class="cell__mark">{}{}</span>', icon("alert"), mark) if mark else ""
    return format_html(
        '<span class="cell"><span class="cell__value">{}</span>{}{}{}</span>', value, figure_bar(figure, scale), rest, why
    )


@register.simple_tag
def took(time: timedelta | int | None) -> str:
    """How long a case took, as its list gives it: a span, a number of seconds, or nothing while it is open."""
    if time is None:
        return _("still open")
    return duration(time.total_seconds() if isinstance(time, timedelta) else time)


@register.filter
def week_hours(week: list[list[list[int]]]) -> str:
    """A week's business hours in one line."""
    return "; ".join(week_in_words(week))
