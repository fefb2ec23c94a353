"""The heat map and the bars of months as SVG. The caller puts a table with the same numbers beside each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coaching.metrics.demand.hours import HeatMap
from foundation.templatetags.ui import number

CELL_W, CELL_H, LEFT, TOP = 30, 26, 44, 20
SHADES = 5
MONDAY = date(2024, 1, 1)


def weekday_names() -> list[str]:
    """Monday to Sunday, short, in the reader's language."""
    return [date_format(MONDAY + timedelta(days=day), "D") for day in range(7)]


def shade(rate: float | None, top: float) -> int:
    """0 for nothing, then 1 to 5 in equal steps up to the largest rate."""
    if not rate or not top:
        return 0
    return min(SHADES, 1 + int(rate / top * SHADES - 1e-9))


def rate_text(rate: float | None) -> str:
    """Two figures are enough: "0.4", "12"; empty for nothing."""
    if not rate:
        return ""
    return number(rate, 0 if rate >= 10 else 1)


def heat_svg(found: HeatMap, title: str, description: str) -> SafeString:
    """Seven rows of twenty-four cells; each carries its rate as text."""
    names, top = weekday_names(), found.top
    hours = format_html_join(
        "",
        '<text x="{}" y="14" text-anchor="middle">{}</text>',
        ((LEFT + hour * CELL_W + CELL_W / 2, f"{hour:02d}") for hour in range(24)),
    )
    rows = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        ((LEFT - 8, TOP + day * CELL_H + 17, name) for day, name in enumerate(names)),
    )
    cells = format_html_join(
        "",
        '<rect class="heat-{}" x="{}" y="{}" width="{}" height="{}" rx="3"/><text class="cell-text{}" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (
                shade(cell.rate, top), LEFT + hour * CELL_W, TOP + day * CELL_H, CELL_W, CELL_H,
                " cell-text--on" if shade(cell.rate, top) >= SHADES else "",
                LEFT + hour * CELL_W + CELL_W / 2, TOP + day * CELL_H + 17, rate_text(cell.rate),
            )
            for (day, hour), cell in sorted(found.cells.items())
        ),
    )  # fmt: skip
    width, height = LEFT + 24 * CELL_W + 4, TOP + 7 * CELL_H + 4
    return format_html(
        '<div class="chart-scroll" tabindex="0" role="group" aria-label="{}"><svg class="chart heat" viewBox="0 0 {} {}" role="img"><title>{}</title><desc>{}</desc>{}{}{}</svg></div>',
        title, width, height, title, description, hours, rows, cells,
    )  # fmt: skip


def bars_svg(
    labels: Sequence[str], values: Sequence[float], title: str, description: str, *, second: Sequence[float] = ()
) -> SafeString:
    """Upright bars, one per label; with `second`, two beside each other on one scale."""
    every = max(1, -(-len(labels) // 14))
    # Room for every label that is written: a letter takes at most 7 units.
    room = max(34, (7 * max(map(len, labels), default=0) + 4) // every)
    width, height, bottom = max(360, room * len(labels)), 150, 22
    top = max([*values, *second, 0.0]) or 1.0
    step = width / max(1, len(labels))
    half = bool(second)
    bar = step * (0.36 if half else 0.68)

    def rectangles(series: Sequence[float], offset: float, name: str) -> SafeString:
        return format_html_join(
            "",
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>',
            (
                (name, round(place * step + offset, 1), round(height - bottom - value / top * (height - bottom - 16), 1),
                 round(bar, 1), round(value / top * (height - bottom - 16), 1))
                for place, value in enumerate(series) if value
            ),
        )  # fmt: skip

    texts = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((round(place * step + step / 2, 1), height - 6, label) for place, label in enumerate(labels) if place % every == 0),
    )
    numbers = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (
                round(place * step + step / 2, 1),
                round(height - bottom - value / top * (height - bottom - 16) - 4, 1),
                rate_text(value),
            )
            for place, value in enumerate(values)
            if value and not half and every == 1
        ),
    )
    return format_html(
        '<div class="chart-scroll" tabindex="0" role="group" aria-label="{}"><svg class="chart bars chart--wide" viewBox="0 0 {} {}" role="img"><title>{}</title><desc>{}</desc>'
        '<line x1="0" x2="{}" y1="{}" y2="{}"/>{}{}{}{}</svg></div>',
        title, width, height, title, description, width, height - bottom, height - bottom,
        rectangles(values, step * (0.1 if half else 0.16), "bars__first"),
        rectangles(second, step * 0.52, "bars__second") if half else "", numbers, texts,
    )  # fmt: skip


def busiest_in_words(found: HeatMap) -> str:
    """ "Mon 10:00, Mon 11:00, Tue 10:00"; empty where nothing was opened."""
    names = weekday_names()
    return ", ".join(f"{names[day]} {hour:02d}:00" for (day, hour), _cell in found.busiest())


def heat_description(found: HeatMap, weeks: int) -> str:
    """The picture in words."""
    if not found.cases:
        return _("No case was opened in these weeks.")
    return _("%(cases)s cases over %(weeks)s weeks. Busiest: %(hours)s, with up to %(top)s cases per hour.") % {
        "cases": number(found.cases),
        "weeks": weeks,
        "hours": busiest_in_words(found),
        "top": rate_text(found.top),
    }
