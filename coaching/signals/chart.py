"""The picture of an own normal: weeks as dots, the grey band of the usual, the floor as a line, notes as marks.

The band holds nine of ten weeks as long as all is as usual: expected ± 1.645·φ·√(p(1−p)/n) of that week's n.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coaching.metrics.display import in_words
from coaching.metrics.models import MetricDefinition
from foundation.charts import nice_ticks

Z90 = 1.6448536269514722
NEAR = 34  # notes closer than this share a number
LEAST_RATINGS = 5  # a week of fewer is not drawn: its dot would say nothing
WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT, TOP = 720, 230, 44, 22, 10, 22


@dataclass(frozen=True)
class Point:
    """One week, in the metric's own shares; None where too little is known."""

    last: date
    n: int
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    floor: float | None
    in_window: bool

    @property
    def outside(self) -> bool:
        return (
            self.value is not None and self.low is not None and self.high is not None and not self.low <= self.value <= self.high
        )


@dataclass(frozen=True)
class Mark:
    """Something that happened, numbered on the chart and told below it."""

    first: date
    last: date
    text: str
    url: str = ""
    note_id: int | None = None  # of an annotation that a reader may take away


@dataclass(frozen=True)
class Row:
    last: str
    n: int
    value: str | None
    between: str
    floor: str | None
    outside: bool


@dataclass(frozen=True)
class BandChart:
    svg: SafeString | None
    rows: list[Row]
    marks: list[Mark]


def band(expected: float, n: int, phi: float) -> tuple[float, float]:
    """The range that holds nine of ten weeks of n ratings while all is as usual."""
    half = Z90 * phi * sqrt(expected * (1 - expected) / n)
    return max(0.0, expected - half), min(1.0, expected + half)


def band_chart(definition: MetricDefinition, points: Sequence[Point], marks: Sequence[Mark], whose: str) -> BandChart:
    """The chart with its rows; no picture where fewer than two weeks have enough ratings."""
    rows = [
        Row(
            date_format(point.last, "j M Y"),
            point.n,
            in_words(point.value, definition),
            "" if point.low is None or point.high is None else f"{point.low * 100:.0f}–{point.high * 100:.0f} %",
            in_words(point.floor, definition),
            point.outside,
        )
        for point in points
    ]
    drawn = [point for point in points if point.value is not None]
    if len(drawn) < 2:
        return BandChart(None, rows, list(marks))
    return BandChart(_svg(definition, points, marks, whose), rows, list(marks))


def _svg(definition: MetricDefinition, points: Sequence[Point], marks: Sequence[Mark], whose: str) -> SafeString:
    known = [v for p in points for v in (p.value, p.low, p.high, p.floor) if v is not None]
    pad = (max(known) - min(known)) * 0.08 or 0.05
    low, high = max(0.0, min(known) - pad), min(1.0, max(known) + pad)
    w, h = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    begins, ends = points[0].last - timedelta(days=6), points[-1].last

    def y(value: float) -> float:
        return round(TOP + h - (value - low) / ((high - low) or 1) * h, 1)

    def x(day: date) -> float:
        share = ((day - begins).days) / max(1, (ends - begins).days)
        return round(LEFT + min(1.0, max(0.0, share)) * w, 1)

    grid = format_html_join(
        "",
        '<line class="grid-line" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        ((LEFT, LEFT + w, y(t), y(t), LEFT - 6, y(t) + 4, f"{t * 100:.0f} %") for t in nice_ticks(low, high)),
    )
    every = max(1, len(points) // 6)
    labels = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((x(p.last), HEIGHT - 6, date_format(p.last, "j M")) for p in points[::every]),
    )
    banded = [p for p in points if p.low is not None and p.high is not None]
    upper = " L".join(f"{x(p.last)} {y(p.high)}" for p in banded if p.high is not None)
    lower = " L".join(f"{x(p.last)} {y(p.low)}" for p in reversed(banded) if p.low is not None)
    usual = format_html('<path class="usual" d="M{} L{} Z"/>', upper, lower) if len(banded) > 1 else ""
    floor_line = " L".join(f"{x(p.last)} {y(p.floor)}" for p in points if p.floor is not None)
    floor = format_html('<path class="floor" d="M{}"/>', floor_line) if floor_line else ""
    window = [p for p in points if p.in_window]
    shade: SafeString | str = ""
    if window:
        left, right = x(window[0].last - timedelta(days=6)), x(window[-1].last)
        shade = format_html('<rect class="window" x="{}" y="{}" width="{}" height="{}"/>', left, TOP, round(right - left, 1), h)
    dots = format_html_join(
        "",
        '<circle class="dot{}" cx="{}" cy="{}" r="{}"/>',
        (
            (" dot--outside" if p.outside else "", x(p.last), y(p.value), 4.5 if p.outside else 3.5)
            for p in points
            if p.value is not None
        ),
    )
    lines = format_html_join(
        "", '<line class="note" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>', ((x(m.first), TOP, TOP + h) for m in marks)
    )
    numbers = format_html_join(
        "",
        '<text class="note-number" x="{}" y="13" text-anchor="middle">{}</text>',
        _numbers([x(mark.first) for mark in marks]),
    )
    outside = sum(p.outside for p in points)
    title = _("%(metric)s by week with the normal range for %(whose)s") % {"metric": definition.name, "whose": whose}
    description = _(
        "%(weeks)s weeks. The grey band is the normal range: nine of ten weeks lie in it while all is as usual. The dashed line is "
        "the floor: everybody together. %(outside)s weeks lie outside the band."
    ) % {"weeks": len(points), "outside": outside}
    return format_html(
        '<div class="chart-scroll" tabindex="0" role="group" aria-label="{}"><svg class="chart chart--wide chart--normal" viewBox="0 0 {} {}" role="img"><title>{}</title><desc>{}</desc>{}{}{}{}{}{}{}{}</svg></div>',
        title, WIDTH, HEIGHT, title, description, shade, grid, labels, usual, floor, lines, numbers, dots,
    )  # fmt: skip


def _numbers(places: Sequence[float]) -> list[tuple[float, str]]:
    """Where the numbers of the notes stand; those too close to be read apart are said together ("3-6")."""
    groups: list[list[int]] = []
    for number, place in enumerate(places):
        if groups and place - places[groups[-1][0]] < NEAR:
            groups[-1].append(number)
        else:
            groups.append([number])
    return [
        (
            min(round((places[group[0]] + places[group[-1]]) / 2, 1), WIDTH - NEAR / 2),  # whole, also at the right edge
            str(group[0] + 1) if len(group) == 1 else f"{group[0] + 1}-{group[-1] + 1}",
        )
        for group in groups
    ]
