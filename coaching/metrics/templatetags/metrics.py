"""A figure's interval as a small bar, for cells where a line would be too much."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coaching.metrics.calendar_queries import week_in_words
from coaching.metrics.display import between, few, in_words
from coaching.metrics.figures import Figure
from coaching.metrics.models import MetricDefinition
from foundation.templatetags.ui import duration, icon, number, pill

register = template.Library()

TRACK = 100


def _bar(figure: Figure, scale: Mapping[str, float] | str) -> str:
    """The interval on a track from 0 to 100 %, or to the largest end in `scale` (metric key → value) for times.

    Markup of fixed words and numbers alone, to become part of a template of `format_html`. Hidden from screen readers: the
    same numbers stand in words beside it.
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
    tick = "" if target is None else f'<rect class="target" x="{at(target):.1f}" y="0" width="1.5" height="10"/>'
    low, value, high = at(figure.low), at(figure.value), at(figure.high)
    return (
        '<svg class="interval" viewBox="0 0 102 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="track" x="0" y="3.5" width="102" height="3" rx="1.5"/>'
        f'<rect class="range" x="{low:.1f}" y="2" width="{max(1.0, high - low):.1f}" height="6" rx="2"/>{tick}'
        f'<rect class="value" x="{value:.1f}" y="0.5" width="2" height="9" rx="1"/></svg>'
    )


@register.simple_tag
def few_answers(figure: Figure) -> SafeString | str:
    """A quiet badge where a figure is shown but rests on too little to compare anybody by it; else nothing."""
    return pill(few(figure)) if figure.has_few else ""


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
    # One template for the whole cell, put together from fixed words: every call of `format_html` costs.
    parts, values = ['<span class="cell"><span class="cell__value">'], [in_words(figure.value, figure.definition) or ""]
    if url:
        parts.append('<a href="{}">{}</a></span>')
        values.insert(0, url)
    else:
        parts.append("{}</span>")
    parts.append(_bar(figure, scale))
    span = between(figure)
    if span:
        parts.append('<span class="cell__between">{}</span><span class="cell__n">n = {}</span>')
        values += [span, number(figure.n)]
    if figure.has_few:
        parts.append("{}")
        values.append(few_answers(figure))
    if mark:
        parts.append('<span class="cell__mark">{}{}</span>')
        values += [icon("alert"), mark]
    parts.append("</span>")
    return format_html("".join(parts), *values)


@register.simple_tag
def figure_cells(cells: Iterable[Any], scale: Mapping[str, float] | str = "") -> SafeString:
    """A row of table cells, each with its `figure`, `url` and perhaps a `mark`. One tag: a loop in the template costs more."""
    return format_html_join(
        "", "<td>{}</td>", ((figure_cell(cell.figure, scale, cell.url, getattr(cell, "mark", "")),) for cell in cells)
    )


@register.simple_tag
def labelled_cells(cells: Iterable[Any], scale: Mapping[str, float] | str = "") -> SafeString:
    """As `figure_cells`, for a table that becomes cards on a narrow screen: each cell carries the name of its metric."""
    return format_html_join(
        "",
        '<td role="cell" data-label="{}">{}</td>',
        ((cell.figure.definition.name, figure_cell(cell.figure, scale, cell.url, getattr(cell, "mark", ""))) for cell in cells),
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
