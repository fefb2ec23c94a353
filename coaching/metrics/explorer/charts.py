"""The explorer's drawings: funnel, waterfall, bars. Server-rendered SVG, coloured by class; a table stands beside each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coaching.metrics.explorer.funnel import Z95, Z_WIDE, limits
from foundation.charts import nice_ticks

WIDTH, LEFT, RIGHT, TOP = 720, 52, 12, 12


def _frame(height: int, title: str, description: str, inner: SafeString) -> SafeString:
    return format_html(
        '<div class="chart-scroll" tabindex="0" role="group" aria-label="{}"><svg class="chart chart--wide" viewBox="0 0 {} {}" '
        'role="img"><title>{}</title><desc>{}</desc>{}</svg></div>',
        title, WIDTH, height, title, description, inner,
    )  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One person in the funnel."""

    name: str
    n: int
    rate: float
    verdict: int


def funnel_chart(points: Sequence[Point], mean: float, tau2: float, *, title: str, description: str, x_label: str) -> SafeString:
    """Rates over n with their limits: the narrow pair 95 %, the wide one 99.8 %; wider still with over-dispersion."""
    height, bottom = 340, 40
    w, h = WIDTH - LEFT - RIGHT, height - TOP - bottom
    most = max(point.n for point in points) * 1.06
    least = max(1.0, min(point.n for point in points) * 0.7)
    steps = [least + (most - least) * number / 60 for number in range(61)]
    ends = [point.rate for point in points] + [limits(mean, least, Z95, tau2).low, limits(mean, least, Z95, tau2).high]
    low, high = max(0.0, min(ends) - 0.04), min(1.0, max(ends) + 0.04)

    def x(n: float) -> float:
        return round(LEFT + (n - least) / (most - least) * w, 1)

    def y(rate: float) -> float:
        return round(TOP + h - (min(high, max(low, rate)) - low) / (high - low) * h, 1)

    def line(z: float, side: str, spread: float) -> str:
        return "M" + " L".join(f"{x(n):g} {y(getattr(limits(mean, n, z, spread), side)):g}" for n in steps)

    grid = format_html_join(
        "",
        '<line class="grid-line" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{} %</text>',
        ((LEFT, LEFT + w, y(t), y(t), LEFT - 6, y(t) + 4, f"{t * 100:.0f}") for t in nice_ticks(low, high)),
    )
    scale = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((x(t), height - 22, f"{t:g}") for t in nice_ticks(least, most, 6)),
    )
    curves = format_html_join(
        "",
        '<path class="limit limit--{}" d="{}"/>',
        (
            (f"{'wide' if z == Z_WIDE else 'near'}{' limit--spread' if spread else ''}", line(z, side, spread))
            for spread in ([0.0, tau2] if tau2 else [0.0])
            for z in (Z95, Z_WIDE)
            for side in ("low", "high")
        ),
    )
    shapes = {0: "", 1: " dot--above", -1: " dot--below"}
    # One template for all of them: a company has hundreds of dots, and every call of `format_html` costs.
    dots = format_html(
        "".join(
            f'<circle class="dot{shapes[p.verdict]}" cx="{x(p.n):.1f}" cy="{y(p.rate):.1f}" r="{6 if p.verdict else 4.5}">'
            "<title>{}</title></circle>"
            for p in points
        ),
        *(f"{p.name}: {p.rate * 100:.0f} %, n = {p.n}" for p in points),
    )
    inner = format_html(
        '{}{}<line class="middle" x1="{}" x2="{}" y1="{}" y2="{}"/>{}{}<text x="{}" y="{}" text-anchor="middle">{}</text>',
        grid, scale, LEFT, LEFT + w, y(mean), y(mean), curves, dots, LEFT + w / 2, height - 5, x_label,
    )  # fmt: skip
    return _frame(height, title, description, inner)


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall: from where the one before ended, by `change`; or a whole one from the axis."""

    label: str
    change: float
    is_total: bool = False


def waterfall(start: float, steps: Sequence[Step], *, title: str, description: str) -> SafeString:
    """Bars from left to right, in points; `start` is the height of the first whole bar. Rows, so that names have room."""
    row, left = 30, 270
    height = TOP + row * len(steps) + 30
    ends, at = [], start
    for step in steps:
        begin = 0.0 if step.is_total else at
        at = step.change if step.is_total else at + step.change
        ends.append((begin, at))
    marks = [
        end for step, (begin, stop) in zip(steps, ends, strict=True) for end in ((stop,) if step.is_total else (begin, stop))
    ]
    pad = max(0.01, (max(marks) - min(marks)) * 0.15)
    low, high = max(0.0, min(marks) - pad), max(marks) + pad
    w = WIDTH - left - 70

    def x(value: float) -> float:
        return round(left + (min(high, max(low, value)) - low) / (high - low) * w, 1)

    def bars() -> Sequence[tuple[object, ...]]:
        found = []
        for number, (step, (begin, stop)) in enumerate(zip(steps, ends, strict=True)):
            a, b = (left, x(stop)) if step.is_total else sorted((x(begin), x(stop)))
            kind = "total" if step.is_total else "up" if step.change >= 0 else "down"
            text = (
                f"{step.change * 100:.1f} %"
                if step.is_total
                else _("%(n)s points") % {"n": f"{'+' if step.change >= 0 else '−'}{abs(step.change) * 100:.1f}"}
            )
            top = TOP + number * row
            found.append(
                (left - 10, top + 18, step.label[:44], kind, a, top + 5, max(1.5, round(b - a, 1)), max(a, b) + 6, top + 18, text)
            )
        return found

    inner = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text><rect class="bar bar--{}" x="{}" y="{}" width="{}" height="18" rx="3"/>'
        '<text x="{}" y="{}">{}</text>',
        bars(),
    )
    axis = format_html(
        '<line class="grid-line" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}">{}</text>',
        left, left, TOP, height - 22, left, height - 8, _("This line stands at %(n)s %%, not at nothing.") % {"n": f"{low * 100:.1f}"},
    )  # fmt: skip
    return _frame(height, title, description, format_html("{}{}", axis, inner))


def range_bars(rows: Sequence[tuple[str, float, float, float]], *, title: str, description: str) -> SafeString:
    """A bar with its interval for each (label, value, low, high), from zero."""
    row, left = 30, 270
    height = TOP + row * len(rows) + 10
    top_end = max((high for _label, _value, _low, high in rows), default=1.0) or 1.0
    w = WIDTH - left - 70

    def x(value: float) -> float:
        return round(left + value / top_end * w, 1)

    inner = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text><rect class="bar bar--plain" x="{}" y="{}" width="{}" height="16" rx="3"/>'
        '<line class="whisker" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}">{}</text>',
        (
            (
                left - 10, TOP + i * row + 17, label[:44], left, TOP + i * row + 5, max(1.5, round(x(value) - left, 1)),
                x(low), x(high), TOP + i * row + 13, TOP + i * row + 13, x(high) + 6, TOP + i * row + 17, f"{value:,.0f}",
            )
            for i, (label, value, low, high) in enumerate(rows)
        ),
    )  # fmt: skip
    return _frame(height, title, description, inner)
