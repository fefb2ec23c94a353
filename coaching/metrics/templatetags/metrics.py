"""A figure's interval as a small bar, for cells where a line would be too much."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from html import escape
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coaching.metrics.calendar_queries import week_in_words
from coaching.metrics.display import between, few, in_words
from coaching.metrics.figures import Figure
from coaching.metrics.models import MetricDefinition
from foundation.templatetags.ui import duration, icon, number, pill

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

    low, high, value, target = at(figure.low), at(figure.high), at(figure.value), figure.definition.target
    tick = "" if target is None else f'<rect class="target" x="{at(target)}" y="0" width="1.5" height="10"/>'
    # Nothing but numbers goes in.
    return SafeString(
        '<svg class="interval" viewBox="0 0 102 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="track" x="0" y="3.5" width="102" height="3" rx="1.5"/>'
        f'<rect class="range" x="{low}" y="2" width="{max(1.0, round(high - low, 1))}" height="6" rx="2"/>{tick}'
        f'<rect class="value" x="{value}" y="0.5" width="2" height="9" rx="1"/></svg>'
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
    value = _escaped(in_words(figure.value, figure.definition) or "")
    if url:
        value = f'<a href="{_escaped(url)}">{value}</a>'
    span = between(figure)
    rests = (
        f'<span class="cell__between">{_escaped(span)}</span><span class="cell__n">n = {_escaped(number(figure.n))}</span>'
        if span
        else ""
    )
    why = f'<span class="cell__mark">{icon("alert")}{_escaped(mark)}</span>' if mark else ""
    bar, rare = figure_bar(figure, scale), few_answers(figure)
    return SafeString(f'<span class="cell"><span class="cell__value">{value}</span>{bar}{rests}{rare}{why}</span>')


def _escaped(text: object) -> str:
    """As `conditional_escape`, without the care for texts that are not there yet: a board asks it a thousand times."""
    return text if isinstance(text, SafeString) else escape(str(text))


@register.simple_tag
def figure_cells(cells: Iterable[Any], scale: Mapping[str, float] | str = "") -> SafeString:
    """A row of table cells, each with its `figure`, `url` and perhaps a `mark`. One tag: a loop in the template costs more."""
    return SafeString("".join(f"<td>{_cell(cell, scale)}</td>" for cell in cells))


@register.simple_tag
def labelled_cells(cells: Iterable[Any], scale: Mapping[str, float] | str = "") -> SafeString:
    """As `figure_cells`, for a table that becomes cards on a narrow screen: each cell carries the name of its metric."""
    return SafeString(
        "".join(
            f'<td role="cell" data-label="{_escaped(cell.figure.definition.name)}">{_cell(cell, scale)}</td>' for cell in cells
        )
    )


def _cell(cell: Any, scale: Mapping[str, float] | str) -> SafeString:
    return figure_cell(cell.figure, scale, cell.url, getattr(cell, "mark", ""))


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
