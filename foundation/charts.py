"""Small server-rendered SVG charts. Each has a text alternative; colour comes from classes only."""

from collections.abc import Sequence
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Number = int | float


def _points(
    values: Sequence[Number | None], width: float, height: float, low: float, high: float
) -> list[tuple[float, float] | None]:
    span = (high - low) or 1.0
    step = width / max(1, len(values) - 1)
    return [
        None if v is None else (round(i * step, 2), round(height - (v - low) / span * height, 2)) for i, v in enumerate(values)
    ]


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """An SVG path through the points, lifted where a value is missing."""
    parts: list[str] = []
    pen_down = False
    for point in points:
        if point is None:
            pen_down = False
            continue
        parts.append(f"{'L' if pen_down else 'M'}{point[0]:g} {point[1]:g}")
        pen_down = True
    return " ".join(parts)


def sparkline(values: Sequence[Number | None], label: str = "") -> SafeString | str:
    """A line without axes for a stat tile; missing values leave a gap. Empty where nothing is known."""
    known = [v for v in values if v is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    margin = (high - low) * 0.08 or 0.5
    points = _points(values, 160, 34, low - margin, high + margin)
    last = next(p for p in reversed(points) if p is not None)
    text = label or _("Course over %(n)s periods, from %(first).4g to %(last).4g") % {
        "n": len(values),
        "first": known[0],
        "last": known[-1],
    }
    return format_html(
        '<svg class="chart" viewBox="-3 -3 166 40" role="img" preserveAspectRatio="none" height="40" aria-label="{}">'
        '<path class="line" d="{}"/><circle class="dot" cx="{}" cy="{}" r="2.5"/></svg>',
        text,
        _path(points),
        last[0],
        last[1],
    )


def interval_bar(value: Number | None, low: Number | None, high: Number | None, target: Number | None = None) -> SafeString | str:
    """A share (0..1) with its interval on a fixed 0-100 % track, and the target as a tick."""
    if value is None or low is None or high is None:
        return ""
    label = _("%(value).0f %%, between %(low).0f %% and %(high).0f %%") % {
        "value": value * 100,
        "low": low * 100,
        "high": high * 100,
    }
    tick = (
        format_html('<rect class="target" x="{}" y="0" width="1.5" height="10"/>', round(target * 100, 1))
        if target is not None
        else ""
    )
    return format_html(
        '<svg class="interval" viewBox="0 0 101.5 10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="track" x="0" y="3.5" width="101.5" height="3" rx="1.5"/>'
        '<rect class="range" x="{}" y="2.5" width="{}" height="5" rx="2"/>{}'
        '<rect class="value" x="{}" y="0.5" width="2" height="9" rx="1"/></svg>',
        label,
        round(low * 100, 1),
        round(max(0.8, (high - low) * 100), 1),
        tick,
        round(value * 100, 1),
    )


def _runs(lows: Sequence[Number | None], highs: Sequence[Number | None]) -> list[list[tuple[int, Number, Number]]]:
    """Neighbouring periods whose interval is known, as (index, low, high); a gap starts a new run."""
    runs: list[list[tuple[int, Number, Number]]] = [[]]
    for i, (low, high) in enumerate(zip(lows, highs, strict=True)):
        if low is None or high is None:
            runs.append([])
        else:
            runs[-1].append((i, low, high))
    return [run for run in runs if len(run) > 1]


def nice_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round values (1, 2 or 5 times a power of ten apart) inside low..high, about that many."""
    raw = (high - low) / about
    power = 10.0 ** floor(log10(raw))
    step = min((power * factor for factor in (1, 2, 5, 10)), key=lambda size: abs((high - low) / size - about))
    first = ceil(low / step - 1e-9)
    return [round(number * step, 10) for number in range(first, floor(high / step + 1e-9) + 1)]


def line_chart(
    *,
    labels: Sequence[str],
    values: Sequence[Number | None],
    lows: Sequence[Number | None] = (),
    highs: Sequence[Number | None] = (),
    target: Number | None = None,
    title: str,
    description: str,
    percent: bool = False,
    width: int = 720,
    height: int = 200,
) -> SafeString:
    """A line over periods with its interval as a band and the target as a dashed line.

    `labels`, `values`, `lows`, `highs` run in parallel, one per period; values are in display units
    (shares 0..1 with percent=True). The caller puts a table with the same numbers beside it.
    """
    known = [v for series in (values, lows, highs) for v in series if v is not None] + ([target] if target is not None else [])
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    pad = (high - low) * 0.1 or abs(high) * 0.1 or 0.5
    low, high = low - pad, high + pad
    if percent:
        low, high = max(0.0, low), min(1.0, high)
    elif known and min(known) >= 0:
        low = max(0.0, low)  # nothing that is counted falls below nothing
    left, bottom, right, top = 44, 22, 22, 8  # to the right, half of the last label
    w, h = width - left - right, height - top - bottom
    span = (high - low) or 1.0

    def y(value: Number) -> float:
        return round(top + h - (value - low) / span * h, 2)

    def x(index: int) -> float:
        return round(left + index * w / max(1, len(values) - 1), 2)

    ticks = nice_ticks(low, high)
    grid = format_html_join(
        "",
        '<line class="grid-line" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        ((left, left + w, y(t), y(t), left - 6, y(t) + 4, f"{t * 100:.0f} %" if percent else f"{t:.4g}") for t in ticks),
    )
    every = max(1, len(labels) // 6)
    x_labels = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((x(i), height - 6, labels[i]) for i in range(0, len(labels), every)),
    )
    bands = format_html_join(
        "",
        '<path class="band" d="M{} L{} Z"/>',
        (
            (
                " L".join(f"{x(i):g} {y(hi):g}" for i, _lo, hi in run),
                " L".join(f"{x(i):g} {y(lo):g}" for i, lo, _hi in reversed(run)),
            )
            for run in _runs(lows, highs)
        ),
    )
    line = _path([None if v is None else (x(i), y(v)) for i, v in enumerate(values)])
    goal = (
        format_html('<line class="target" x1="{}" x2="{}" y1="{}" y2="{}"/>', left, left + w, y(target), y(target))
        if target is not None
        else ""
    )
    return format_html(
        '<div class="chart-scroll" tabindex="0" role="group" aria-label="{}"><svg class="chart chart--wide" viewBox="0 0 {} {}" role="img"><title>{}</title><desc>{}</desc>{}{}{}{}<path class="line" d="{}"/></svg></div>',
        title,
        width, height, title, description, grid, x_labels, bands, goal, line,
    )  # fmt: skip
