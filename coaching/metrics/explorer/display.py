"""The explorer's answers in words and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.metrics.display import in_words, scale_of
from coaching.metrics.explorer.answers import Answer, Row
from coaching.metrics.explorer.casemix import Adjusted
from coaching.metrics.explorer.changes import Change
from coaching.metrics.explorer.drivers import Decomposition, Part
from coaching.metrics.explorer.questions import Per
from coaching.metrics.models import MetricDefinition
from foundation import charts
from foundation.templatetags.ui import percent

Unit = MetricDefinition.Unit


def points(share: float, *, signed: bool = True) -> str:
    """A difference of shares: "+3.1 points"."""
    value = round(share * 100, 1) + 0.0
    return _("%(n)s points") % {"n": signed_number(value, 1) if signed else f"{abs(value):.1f}"}


def signed_number(value: float, digits: int = 0) -> str:
    """ "+3", "−3", "0": with a true minus sign, and none before nothing."""
    rounded = round(value, digits) + 0.0
    if rounded == 0:
        return f"{0:.{digits}f}"
    return f"{'+' if rounded > 0 else '−'}{abs(rounded):.{digits}f}"


def change_in_words(change: Change | None, definition: MetricDefinition) -> tuple[str, str]:
    """(how much, what to think of it) of a change against the other period."""
    if change is None:
        return "", ""
    if definition.unit == Unit.PERCENT:
        span = (
            ""
            if change.low is None or change.high is None
            else _(" (%(low)s to %(high)s)")
            % {
                "low": signed_number(change.low * 100),
                "high": signed_number(change.high * 100),
            }
        )
        amount = points(change.difference) + span
    elif change.ratio is not None and definition.unit in (Unit.COUNT, Unit.SECONDS):
        amount = f"{signed_number((change.ratio - 1) * 100)} %"
    else:
        amount = signed_number(change.difference, 1)
    if definition.unit == Unit.COUNT:
        return amount, ""
    return amount, _("more than chance") if change.is_clear else _("may be chance")


def mix_in_words(adjusted: Adjusted | None, floor_mean: float | None) -> tuple[str, str]:
    """(the rate with everybody's mix, why it differs)."""
    if adjusted is None or floor_mean is None:
        return "", ""
    by = adjusted.mix
    if abs(by) < 0.005:
        return percent(adjusted.adjusted), _("cases as hard as everybody’s")
    why = _("%(n)s from easier cases") if by > 0 else _("%(n)s from harder cases")
    return percent(adjusted.adjusted), why % {"n": points(by)}


@dataclass(frozen=True)
class Line:
    """A row of the table, with the words that belong to it."""

    row: Row
    change: tuple[str, str]
    mix: tuple[str, str]
    before: str | None


def lines(answer: Answer) -> list[Line]:
    definition = answer.question.definition
    mean = answer.floor.mean if answer.floor else None
    return [
        Line(
            row,
            change_in_words(row.change, definition),
            # Too few cases say nothing of a person, with whatever mix.
            mix_in_words(row.adjusted, mean) if row.whole.figure.is_enough else ("", ""),
            None if row.before is None else in_words(row.before.value, definition),
        )
        for row in answer.lines
    ]


def chart(answer: Answer, whose: str) -> SafeString | None:
    """Everything together over the periods, with its interval; None where fewer than two periods have enough."""
    definition = answer.question.definition
    figures = [cell.figure for cell in answer.together.cells]
    known = [figure.value for figure in figures if figure.value is not None]
    if len(known) < 2:
        return None
    scale = scale_of(definition, [*known, *(figure.high for figure in figures)])

    def scaled(value: float | None) -> float | None:
        return None if value is None else value / scale.divisor

    per = {Per.DAY: _("by day"), Per.WEEK: _("by week"), Per.MONTH: _("by month")}[answer.question.per]
    title = _("%(metric)s %(per)s, %(whose)s") % {"metric": definition.name, "per": per, "whose": whose}
    if scale.name:
        title = _("%(title)s, in %(unit)s") % {"title": title, "unit": scale.name}
    without = len(figures) - len(known)
    parts = [
        _("%(n)s periods; from %(first)s to %(last)s.")
        % {"n": len(figures), "first": in_words(known[0], definition), "last": in_words(known[-1], definition)}
    ]
    if definition.interval_method != MetricDefinition.IntervalMethod.NONE:
        parts.append(_("The band is the 95 % interval."))
    if without:
        parts.append(
            ngettext("%(n)s period has too little data.", "%(n)s periods have too little data.", without) % {"n": without}
        )
    return charts.line_chart(
        labels=[period.label for period in answer.periods],
        values=[scaled(figure.value) for figure in figures],
        lows=[scaled(figure.low) for figure in figures],
        highs=[scaled(figure.high) for figure in figures],
        target=scaled(definition.target) if definition.unit != Unit.COUNT else None,
        title=title,
        description=" ".join(parts),
        percent=definition.unit == Unit.PERCENT,
    )


def part_in_words(part: Part[str], label: str) -> tuple[Part[str], str, str, str, str, str]:
    """A kind of cases for the table: the rates before and now, what its share did, what its rate did."""

    def rate(counts: tuple[int, int]) -> str:
        return percent(counts[0] / counts[1]) if counts[1] else "–"

    return part, label, rate(part.before), rate(part.after), points(part.mix), points(part.rate)


def decomposition_in_words(moved: Decomposition[str], definition: MetricDefinition) -> str:
    """One sentence: how far, and how much of it for which reason."""
    if abs(moved.change) < 0.0005 and abs(moved.mix) < 0.0005:
        return _("%(name)s has not moved, and neither have its cases.") % {"name": definition.name}
    up_is_good = definition.direction == MetricDefinition.Direction.UP
    harder = (moved.mix < 0) == up_is_good
    cases = _("%(n)s from harder cases") if harder else _("%(n)s from easier cases")
    if abs(moved.mix) < 0.0005:
        cases = _("%(n)s from other cases")
    head = _("%(name)s went up by %(n)s") if moved.change > 0 else _("%(name)s went down by %(n)s")
    return _("%(head)s: %(cases)s, %(handling)s.") % {
        "head": head % {"name": definition.name, "n": points(moved.change, signed=False)},
        "cases": cases % {"n": signed_number(moved.mix * 100, 1)},
        "handling": _("%(n)s from handling") % {"n": signed_number(moved.rate * 100, 1)},
    }


def balance_in_words(differs: int) -> str:
    return {1: _("more than an even share"), -1: _("fewer than an even share")}.get(differs, _("as even as chance allows"))


def verdict_in_words(differs: int, *, good_is_up: bool) -> tuple[str, str]:
    """(tone, words) of a person in the funnel."""
    if differs == 0:
        return "neutral", _("as expected")
    word = _("clearly above") if differs > 0 else _("clearly below")
    return ("good" if (differs > 0) == good_is_up else "attention"), word
