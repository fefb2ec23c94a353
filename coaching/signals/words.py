"""Signals in words: why, how sure, calm. No red, no ranking; a rep reads the same facts in kinder words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching.metrics.display import in_words, sample
from coaching.metrics.figures import figure
from coaching.metrics.models import MetricDefinition
from coaching.signals.models import Signal
from foundation.templatetags.ui import number

TONES = {Signal.Level.SUGGEST: "attention", Signal.Level.WATCH: "info"}
STATE_TONES = {
    Signal.State.NEW: "info",
    Signal.State.SEEN: "neutral",
    Signal.State.DISMISSED: "neutral",
    Signal.State.ACTED: "good",
}


def in_ten(probability: float) -> str:
    """How sure, as people say it: "9 in 10", "97 in 100" where ten is too coarse."""
    if probability >= 0.95:
        return _("%(n)s in 100") % {"n": min(99, int(probability * 100))}
    return _("%(n)s in 10") % {"n": int(probability * 10)}


def verdict(definition: MetricDefinition, level: str, probability: float) -> str:
    """The traffic light without red, in words; a reopen rate that has slipped lies above."""
    if level != Signal.Level.SUGGEST:
        return _("worth a look")
    if definition.direction == MetricDefinition.Direction.DOWN:
        return _("clearly above own normal (%(sure)s sure)") % {"sure": in_ten(probability)}
    return _("clearly below own normal (%(sure)s sure)") % {"sure": in_ten(probability)}


def points(shift: float) -> str:
    """A shift in percentage points, without a sign."""
    return number(abs(shift) * 100, 0 if abs(shift) >= 0.095 else 1)


def why(signal: Signal) -> str:
    """One sentence: what was seen, what was to be expected, on how much, since when."""
    shown = figure(signal.definition, round(signal.observed * signal.n), signal.n)
    return _(
        "%(metric)s of %(who)s: %(observed)s from %(first)s to %(last)s (%(sample)s), where %(expected)s was to be expected from "
        "their own normal and what happened around them."
    ) % {
        "metric": signal.definition.name,
        "who": signal.subject,
        "observed": in_words(signal.observed, signal.definition),
        "expected": in_words(signal.expected, signal.definition),
        "sample": sample(shown),
        "first": date_format(signal.window_first, "j F"),
        "last": date_format(signal.window_last, "j F"),
    }


def why_about_me(signal: Signal) -> str:
    """The same for the person it is about."""
    shown = figure(signal.definition, round(signal.observed * signal.n), signal.n)
    return _(
        "%(metric)s: %(observed)s from %(first)s to %(last)s (%(sample)s). From your own usual weeks, and what happened around you, "
        "%(expected)s was to be expected. It may be a passing spell; it may help to look at a few of the cases with somebody."
    ) % {
        "metric": signal.definition.name,
        "observed": in_words(signal.observed, signal.definition),
        "expected": in_words(signal.expected, signal.definition),
        "sample": sample(shown),
        "first": date_format(signal.window_first, "j F"),
        "last": date_format(signal.window_last, "j F"),
    }


def because_of(signal: Signal) -> str:
    """The reason put into the form where a module is assigned; the lead rewrites it."""
    return _(
        "Since %(first)s, “%(metric)s” stands at %(observed)s, where %(expected)s is usual for you. This module may help."
    ) % {
        "first": date_format(signal.window_first, "j F"),
        "metric": signal.definition.name,
        "observed": in_words(signal.observed, signal.definition),
        "expected": in_words(signal.expected, signal.definition),
    }


@dataclass(frozen=True)
class Told:
    """A signal as a page shows it."""

    signal: Signal
    about_me: bool = False

    @property
    def why(self) -> str:
        return why_about_me(self.signal) if self.about_me else why(self.signal)

    @property
    def verdict(self) -> str:
        return _("worth a look") if self.about_me else verdict(self.signal.definition, self.signal.level, self.signal.probability)

    @property
    def tone(self) -> str:
        return "info" if self.about_me else TONES[Signal.Level(self.signal.level)]

    @property
    def state_tone(self) -> str:
        return STATE_TONES[Signal.State(self.signal.state)]

    @property
    def points(self) -> str:
        return points(self.signal.shift)

    @property
    def observed(self) -> str | None:
        return in_words(self.signal.observed, self.signal.definition)

    @property
    def expected(self) -> str | None:
        return in_words(self.signal.expected, self.signal.definition)

    @property
    def baseline(self) -> str | None:
        return in_words(self.signal.baseline, self.signal.definition)
