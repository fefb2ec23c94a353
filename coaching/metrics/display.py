"""Figures in words and pictures: how a value is written, its tile, its chart with the table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from coaching.metrics.figures import Figure
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Week
from coaching.metrics.variants import ORIGINS, SURVEYED, VARIANTS, variant_of
from foundation import charts
from foundation.templatetags.ui import number, percent

Unit, Recipe = MetricDefinition.Unit, MetricDefinition.Recipe


def _time_unit(seconds: float) -> tuple[float, str]:
    """The unit a time is read in: (seconds in it, its short name)."""
    if seconds >= 48 * 3600:
        return 86400, _("days")
    if seconds >= 3600:
        return 3600, _("h")
    return (60, _("min")) if seconds >= 60 else (1, _("s"))


def _time_number(seconds: float, unit: float) -> str:
    """Two figures that say something: the histogram knows a time to 4.4 %, not to the minute."""
    value = seconds / unit
    return number(value, 1 if unit >= 3600 and value < 10 else 0)


def in_words(value: float | None, definition: MetricDefinition) -> str | None:
    """A value with its unit, short: "84 %", "5.5 h", "1,204"; None stays None."""
    if value is None:
        return None
    if definition.unit == Unit.PERCENT:
        return percent(value)
    if definition.unit == Unit.SECONDS:
        unit, name = _time_unit(value)
        return f"{_time_number(value, unit)} {name}"
    if definition.unit == Unit.SCORE:
        return _score(value, definition)
    return number(value, 1 if definition.recipe == Recipe.BACKLOG and value < 100 else 0)


def _score(value: float, definition: MetricDefinition) -> str:
    """A net score with its sign, a mean with one place: "+10", "5.9"."""
    if definition.interval_method == MetricDefinition.IntervalMethod.ADJUSTED_WALD:
        return ("+" if round(value) > 0 else "−" if round(value) < 0 else "") + number(abs(round(value)))
    return number(value, 1)


def between(figure: Figure) -> str:
    """The interval in words, or empty where there is none: "78–88 %", "4.8–6.2 h", "−25 to +42"."""
    if figure.low is None:
        return ""
    if figure.high is None:
        return _("at least %(low)s") % {"low": in_words(figure.low, figure.definition)}
    if figure.definition.unit == Unit.SCORE:
        low, high = _score(figure.low, figure.definition), _score(figure.high, figure.definition)
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    if figure.definition.unit == Unit.PERCENT:
        return f"{number(figure.low * 100)}–{percent(figure.high)}"
    unit, name = _time_unit(figure.high)
    return f"{_time_number(figure.low, unit)}–{_time_number(figure.high, unit)} {name}"


def sample(figure: Figure) -> str:
    """What n counts, in words: "212 ratings"."""
    match figure.definition.recipe:
        case Recipe.SATISFIED:
            return ngettext("%(n)s rating", "%(n)s ratings", figure.n) % {"n": number(figure.n)}
        case Recipe.RECOMMEND | Recipe.EFFORT:
            return ngettext("%(n)s answer", "%(n)s answers", figure.n) % {"n": number(figure.n)}
        case Recipe.ANSWERED | Recipe.ABANDONED:
            return ngettext("%(n)s offered", "%(n)s offered", figure.n) % {"n": number(figure.n)}
        case _:
            return ngettext("%(n)s case", "%(n)s cases", figure.n) % {"n": number(figure.n)}


def few(figure: Figure) -> str:
    """What to call it that a figure rests on too little to be compared: most of those asked have not answered."""
    return _("few answers") if figure.definition.recipe in SURVEYED else _("few cases")


def missing(figure: Figure) -> str:
    """Why there is no value yet: how many are there, how many it takes."""
    needed = max(figure.definition.minimum_to_show, 1)
    if figure.n - figure.waiting >= needed:
        return _("more than half of %(n)s cases are still open") % {"n": number(figure.n)}
    return _("%(n)s of the %(needed)s it takes") % {
        "n": number(figure.n - figure.waiting),
        "needed": number(needed),
    }


AGE_BANDS = (
    _lazy("opened today"), _lazy("1 to 2 days"), _lazy("3 to 6 days"), _lazy("7 to 29 days"), _lazy("30 days and more"),
)  # fmt: skip


def notes(figure: Figure) -> list[str]:
    """What belongs beside the value: open cases in it, young ones not in it, what is open at the end."""
    said = []
    if figure.waiting:
        said.append(
            ngettext("%(n)s of them still open", "%(n)s of them still open", figure.waiting) % {"n": number(figure.waiting)}
        )
    if figure.beside:
        text = ngettext("%(n)s younger case not counted yet", "%(n)s younger cases not counted yet", figure.beside)
        said.append(text % {"n": number(figure.beside)})
    if figure.definition.recipe == Recipe.BACKLOG and figure.snapshot is not None:
        said.append(_("%(n)s open at the end") % {"n": number(figure.snapshot)})
    if figure.definition.recipe == Recipe.OPEN_CASES and any(figure.ages):
        bands = (f"{number(n)} {band}" for n, band in zip(figure.ages, AGE_BANDS, strict=True) if n)
        said.append(_("now: %(bands)s") % {"bands": ", ".join(bands)})
    return said


@dataclass(frozen=True)
class Way:
    """One way of counting a figure, for the page of its definition."""

    words: str
    origin: str  # whose way it is
    in_force: bool


def ways_of_counting(definition: MetricDefinition) -> list[Way]:
    """Every way the figure can be counted; empty where there is only one."""
    chosen = variant_of(definition)
    known = VARIANTS.get(definition.recipe, ())
    return [Way(str(variant.label), ORIGINS.get(variant, ""), variant == chosen) for variant in known]


def against_target(figure: Figure) -> tuple[str, str]:
    """(tone, words) of a figure beside its target; empty where there is none or nothing can be said."""
    target = figure.definition.target
    if target is None or not figure.is_enough:
        return "", ""
    goal = in_words(target, figure.definition)
    if figure.is_worse_than(target):
        return "attention", _("Misses the target of %(goal)s") % {"goal": goal}
    if figure.is_better_than(target):
        return "good", _("Better than the target of %(goal)s") % {"goal": goal}
    return "neutral", _("Target %(goal)s: no difference beyond chance") % {"goal": goal}


@dataclass(frozen=True)
class Scale:
    """The unit of a chart's axis: values are divided by `divisor` and named `name`."""

    divisor: float
    name: str


def scale_of(definition: MetricDefinition, values: Sequence[float | None]) -> Scale:
    """Times are drawn in minutes, hours or days, whichever keeps the numbers small."""
    if definition.unit != Unit.SECONDS:
        return Scale(1, "")
    top = max((value for value in values if value is not None), default=0)
    if top >= 4 * 86400:
        return Scale(86400, _("days"))
    return Scale(3600, _("hours")) if top >= 2 * 3600 else Scale(60, _("minutes"))


@dataclass(frozen=True)
class Row:
    """One week of the table behind a chart."""

    last: str
    n: int
    value: str | None
    between: str


@dataclass(frozen=True)
class Chart:
    svg: SafeString | None  # None where no week has a value
    rows: list[Row]
    unit: str
    weeks: int  # that each point and row covers


def weekly_chart(definition: MetricDefinition, weeks: Sequence[Week], whose: str) -> Chart:
    """The line over calendar weeks with its interval band, and the same numbers as rows."""
    figures = [week.figure for week in weeks]
    values = [shown.value for shown in figures]
    rows = [
        Row(date_format(week.window.last, "j M Y"), week.figure.n, in_words(week.figure.value, definition), between(week.figure))
        for week in weeks
    ]
    covered = weeks[0].window.days // 7 if weeks else 1
    without = sum(value is None for value in values)
    if without == len(values) or not any(shown.n for shown in figures):
        return Chart(None, rows, "", covered)
    scale = scale_of(definition, [*values, *(shown.high for shown in figures)])

    def scaled(value: float | None) -> float | None:
        return None if value is None else value / scale.divisor

    last = next(shown for shown in reversed(figures) if shown.value is not None)
    title = _("%(metric)s by week, %(whose)s") % {"metric": definition.name, "whose": whose}
    if scale.name:
        title = _("%(title)s, in %(unit)s") % {"title": title, "unit": scale.name}
    parts = [
        _("%(weeks)s weeks; the last one with enough data stands at %(value)s.")
        % {"weeks": len(weeks), "value": in_words(last.value, definition)}
    ]
    if covered > 1:
        parts.append(_("Each point covers the %(n)s weeks up to it.") % {"n": covered})
    if definition.interval_method != MetricDefinition.IntervalMethod.NONE:
        parts.append(_("The band is the 95 % interval."))
    if without:
        parts.append(ngettext("%(n)s point has too little data.", "%(n)s points have too little data.", without) % {"n": without})
    svg = charts.line_chart(
        labels=[date_format(week.window.last, "j M") for week in weeks],
        values=[scaled(value) for value in values],
        lows=[scaled(shown.low) for shown in figures],
        highs=[scaled(shown.high) for shown in figures],
        target=scaled(definition.target),
        title=title,
        description=" ".join(parts),
        percent=definition.unit == Unit.PERCENT,
    )
    return Chart(svg, rows, scale.name, covered)


@dataclass(frozen=True)
class Tile:
    """One metric as a stat tile; texts are made when the template asks for them."""

    figure: Figure
    sparkline: SafeString | str = ""
    untypical: bool = False

    @property
    def definition(self) -> MetricDefinition:
        return self.figure.definition

    @property
    def value(self) -> str | None:
        return in_words(self.figure.value, self.definition)

    @property
    def between(self) -> str:
        return between(self.figure)

    @property
    def sample(self) -> str:
        return sample(self.figure)

    @property
    def missing(self) -> str:
        return missing(self.figure)

    @property
    def of_answers(self) -> bool:
        """Does it rest on what customers answered, not on cases?"""
        return self.definition.recipe in SURVEYED

    @property
    def notes(self) -> list[str]:
        return notes(self.figure)

    @property
    def p90(self) -> str | None:
        return in_words(self.figure.p90, self.definition)

    @property
    def tone(self) -> str:
        return against_target(self.figure)[0]

    @property
    def verdict(self) -> str:
        return against_target(self.figure)[1]


@dataclass(frozen=True)
class Family:
    """Figures under one heading, each with its chart where there is one."""

    name: str
    sections: list[tuple[Tile, Chart | None]]


def by_family(sections: Sequence[tuple[Tile, Chart | None]]) -> list[Family]:
    """Figures by heading, in the order of the headings; inside, in the order given."""
    families = []
    for value, label in MetricDefinition.Family.choices:
        own = [section for section in sections if section[0].definition.family == value]
        if own:
            families.append(Family(str(label), own))
    return families


def tile(figure: Figure, weeks: Sequence[Week] = (), *, few_answer: bool = False) -> Tile:
    """The tile of a figure, with its line over the weeks where at least two have a value.

    `few_answer`: customers answer so rarely, or so unlike elsewhere, that what they say may not be typical.
    """
    untypical = few_answer and figure.definition.recipe in SURVEYED
    values = [week.figure.value for week in weeks]
    if sum(value is not None for value in values) < 2:
        return Tile(figure, untypical=untypical)
    label = _("%(metric)s over %(weeks)s weeks") % {"metric": figure.definition.name, "weeks": len(weeks)}
    return Tile(figure, charts.sparkline(values, label), untypical)
