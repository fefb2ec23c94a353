"""From text columns to typed ones. What cannot be read is named; the rest of its row waits for nobody.

Typed columns are numpy arrays: text as objects (never None), times as datetime64[us] in UTC, numbers
and flags as float64 with NaN for "missing".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from coaching.interactions.importing.mapping import (
    CHOICE,
    CHOICES,
    FLAG,
    KEY,
    NUMBER,
    SECONDS,
    TEXT,
    TIME,
    UNITS,
    Column,
    Mapping,
    Section,
)  # fmt: skip
from coaching.interactions.importing.problems import Notes, Problem
from coaching.interactions.importing.reading import RawChunk
from coaching.interactions.importing.times import read_times

MAX_INTEGER = 2_147_483_647
LENGTHS = {
    "external_id": 200, "case": 200, "handler": 200, "assignee": 200, "author": 200, "handler_name": 200, "author_name": 200,
    "handler_email": 254, "author_email": 254, "subject": 300, "topic": 120, "customer": 200, "activity": 200,
    "account": 200, "queue": 120, "priority": 40,
}  # fmt: skip
YES = {"y", "yes", "true", "1", "1.0", "t", "on"}
NO = {"n", "no", "false", "0", "0.0", "f", "off"}


@dataclass
class Batch:
    """Typed columns of some rows, and the line each row came from."""

    lines: np.ndarray
    columns: dict[str, np.ndarray]
    problems: list[Problem] = field(default_factory=list)
    read: int = 0
    rejected: int = 0
    skipped: int = 0

    def __len__(self) -> int:
        return len(self.lines)

    def take(self, chosen: np.ndarray) -> Batch:
        """The chosen rows (mask or positions), with the counts and problems of this batch."""
        return replace(self, lines=self.lines[chosen], columns={name: values[chosen] for name, values in self.columns.items()})


class Parser:
    """Turns raw chunks into batches after one section of a mapping."""

    def __init__(
        self,
        mapping: Mapping,
        section: Section,
        found: dict[str, str],
        orders: dict[str, str],
        zone: str,
        now: datetime,
        notes: Notes,
    ) -> None:
        self.mapping = mapping
        self.section = section
        self.found = found
        self.orders = orders
        self.zone = zone
        self.now = now
        self.notes = notes
        # With stray spaces around them too, so that one look-up per cell is enough.
        pads = ["", " ", "  ", "   ", "\t", "\xa0"]
        self.markers = {f"{left}{marker}{right}" for marker in mapping.missing for left in pads for right in pads}

    def parse(self, raw: RawChunk, required: tuple[str, ...]) -> Batch:
        """Typed columns of the rows that can be read; a Problem for each value that cannot."""
        bad = np.zeros(len(raw.lines), dtype=bool)
        problems: list[Problem] = list(raw.problems)
        columns: dict[str, np.ndarray] = {}
        readers: dict[str, Callable[..., tuple[np.ndarray, np.ndarray, str, str]]] = {
            TIME: self._time, TEXT: self._text, KEY: self._key, NUMBER: self._number, SECONDS: self._seconds,
            FLAG: self._flag, CHOICE: self._choice,
        }  # fmt: skip
        for name, column in self.section.columns.items():
            values, missing = self._raw(raw, column)
            typed, unread, reason, remedy = readers[column.kind](column, values, missing)
            columns[name] = typed
            if unread.any():
                bad |= unread
                problems += [
                    Problem(int(raw.lines[i]), column.column or name, str(values[i]), reason, remedy)
                    for i in np.flatnonzero(unread)
                ]
            if name in required and missing.any():
                bad |= missing
                problems += [
                    Problem(
                        int(raw.lines[i]), column.column or name, str(values[i]), _("The value is missing."), _("Fill it in.")
                    )
                    for i in np.flatnonzero(missing)
                ]
        batch = Batch(raw.lines, columns)
        if bad.any():
            batch = batch.take(~bad)
        batch.problems, batch.read, batch.rejected = problems, raw.read, int(bad.sum()) + len(raw.problems)
        return batch

    def _raw(self, raw: RawChunk, column: Column) -> tuple[np.ndarray, np.ndarray]:
        size = len(raw.lines)
        if not column.column or column.column not in self.found:
            constant = "" if column.constant is None else str(column.constant)
            return np.full(size, constant, dtype=object), np.full(size, not constant, dtype=bool)
        values = raw.columns[self.found[column.column]]
        listed = values.tolist()
        if self.markers.isdisjoint(listed):
            missing = np.zeros(size, dtype=bool)
        else:
            missing = np.fromiter(map(self.markers.__contains__, listed), dtype=bool, count=size)
        if column.when_column and column.when_column in self.found:
            allowed = np.array([v.strip() in column.when_values for v in raw.columns[self.found[column.when_column]]], dtype=bool)
            missing = missing | ~allowed
        return values, missing

    # --- one reader per kind: typed values, which are unreadable, why, what to do -------------

    def _time(self, column: Column, values: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray, str, str]:
        typed, unread, doubtful = read_times(
            values,
            missing,
            format_=column.format,
            order=column.date_order or self.orders.get(column.column, "") or self.mapping.date_order,
            zone=column.timezone or self.zone,
            now=self.now,
        )
        self.notes.add(_("Times in an hour the clock change repeats or leaves out: read as the first such hour."), doubtful)
        reason = _("This is not a date and time that exists, or it lies before 1990 or more than a year ahead.")
        return typed, unread, reason, _("Correct it, or name the column's format in the mapping.")

    def _key(self, column: Column, values: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray, str, str]:
        def tidy(value: str) -> str:
            text = value.strip()
            if column.integer and text.endswith(".0"):
                return text[:-2]
            return text

        typed = _each(values, tidy)
        typed = _blank(typed, missing)
        return (
            typed,
            _longer(typed, LENGTHS.get(column.field, 200)),
            _("The value is too long."),
            _("Shorten it to 200 characters."),
        )

    def _text(self, column: Column, values: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray, str, str]:
        if column.values:
            values = _each(values, lambda value: str(column.values.get(value.strip(), column.other or value)))
        if column.field in {"body", "comment"}:  # what somebody wrote: a lone "?" is no missing value there
            return values, np.zeros(len(values), dtype=bool), "", ""
        typed = _blank(values, missing)
        limit = LENGTHS.get(column.field)
        if limit is not None:
            typed = _each(typed, str.strip)
            long = _longer(typed, limit)
            if long.any():
                typed = typed.copy()
                typed[long] = [value[:limit] for value in typed[long]]
                self.notes.add(
                    _("“%(column)s” was cut to %(limit)s characters.") % {"column": column.column, "limit": limit},
                    int(long.sum()),
                )
        return typed, np.zeros(len(values), dtype=bool), "", ""

    def _number(self, column: Column, values: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray, str, str]:
        if column.values:
            values = _each(
                values, lambda value: str(column.values.get(value.strip(), column.other if column.other is not None else value))
            )
        typed = self._floats(values)
        typed = np.where(missing, np.nan, typed)
        unread = np.isnan(typed) & ~missing
        if column.field == "value":
            low, high = self.section.options["scale"]
            with np.errstate(invalid="ignore"):
                unread |= (typed < low) | (typed > high)
            return (
                typed,
                unread,
                _("This is not a number from %(low)s to %(high)s.") % {"low": low, "high": high},
                _("Correct it, or set the scale in the mapping."),
            )
        with np.errstate(invalid="ignore"):
            unread |= (typed < 0) | (typed > MAX_INTEGER) | (typed != np.floor(typed))
        return typed, unread & ~missing, _("This is not a whole number of 0 or more."), _("Correct it.")

    def _seconds(self, column: Column, values: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray, str, str]:
        scale = UNITS[column.unit]
        codes, unique = pd.factorize(values)
        per_value = np.array([_clock_or_number(value, scale, self.mapping.decimal) for value in unique], dtype=float)
        typed = np.where(missing, np.nan, per_value[codes]) if len(unique) else np.full(len(values), np.nan)
        with np.errstate(invalid="ignore"):
            negative = (typed < 0) & ~missing
            unread = (np.isnan(typed) & ~missing) | negative | (typed > MAX_INTEGER)
        typed = np.round(typed)
        if negative.any():
            return (
                typed,
                unread,
                _("A duration cannot be negative, and must be a number or H:M:S."),
                _("Correct it or leave it empty."),
            )
        return (
            typed,
            unread,
            _("This is not a duration in %(unit)s.") % {"unit": column.unit},
            _("Write a number or H:M:S, or set the unit in the mapping."),
        )

    def _flag(self, column: Column, values: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray, str, str]:
        def flag(value: str) -> float:
            text = value.strip()
            given = column.values.get(text, column.other) if column.values else None
            text = str(given if given is not None else text).casefold()
            return 1.0 if text in YES else 0.0 if text in NO else np.nan

        typed = np.where(missing, np.nan, _each(values, flag).astype(float))
        return (
            typed,
            np.isnan(typed) & ~missing,
            _("This is neither yes nor no."),
            _("Correct it, or list its values in the mapping: values = { Y = true, N = false }."),
        )

    def _choice(self, column: Column, values: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray, str, str]:
        known = CHOICES[column.field]

        def choice(value: str) -> str:
            text = value.strip()
            given = column.values.get(text, column.other) if column.values else column.other
            return known.get(str(given).casefold(), "") if given is not None else known.get(text.casefold(), "")

        typed = _blank(_each(values, choice), missing)
        unread = (typed == "") & ~missing
        return (
            typed,
            unread.astype(bool),
            _("This is not one of the values the mapping knows."),
            _("Add it to “values” in the mapping; it may mean: %(known)s.") % {"known": ", ".join(sorted(set(known.values())))},
        )

    def _floats(self, values: np.ndarray) -> np.ndarray:
        codes, unique = pd.factorize(values)
        if not len(unique):
            return np.full(len(values), np.nan)
        per_value = np.array([_plain_number(value, self.mapping.decimal) for value in unique], dtype=float)
        return per_value[codes]


def _each(values: np.ndarray, change: Callable[[str], Any]) -> np.ndarray:
    """Change every value; each different one only once where values repeat."""
    codes, unique = pd.factorize(values)
    changed = np.empty(len(unique), dtype=object)
    changed[:] = [change(value) for value in unique]
    return changed[codes] if len(unique) else values


def _blank(values: np.ndarray, missing: np.ndarray) -> np.ndarray:
    if not missing.any():
        return values
    blanked = values.copy()
    blanked[missing] = ""
    return blanked


def _longer(values: np.ndarray, limit: int) -> np.ndarray:
    lengths = list(map(len, values.tolist()))
    if not lengths or max(lengths) <= limit:
        return np.zeros(len(values), dtype=bool)
    return np.array(lengths) > limit


def _plain_number(value: str, decimal: str) -> float:
    text = value.strip()
    if decimal == ",":
        text = text.replace(".", "").replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return np.nan
    return number if np.isfinite(number) and "_" not in text else np.nan


def _clock_or_number(value: str, scale: float, decimal: str) -> float:
    """Seconds of "109", "1.5" (times the unit) or "0:02:23.21", whatever the unit."""
    text = value.strip()
    if ":" in text:
        sign = -1.0 if text.startswith("-") else 1.0
        try:
            parts = [float(part) for part in text.lstrip("+-").split(":")]
        except ValueError:
            return np.nan
        if len(parts) not in {2, 3} or any(part >= 60 for part in parts[1:]) or min(parts) < 0:
            return np.nan
        hours, minutes, seconds = parts if len(parts) == 3 else [*parts, 0.0]
        return sign * (hours * 3600 + minutes * 60 + seconds)
    number = _plain_number(text, decimal)
    return number * scale if scale else np.nan
