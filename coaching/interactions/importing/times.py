"""Reading points in time from text, column by column; never guessing what 03/04 means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import ImportRefused

NUMERIC_DATE = re.compile(r"^(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T,]+(.*))?$")
YEAR_FIRST = re.compile(r"^\d{4}[/.]\d{1,2}[/.]\d{1,2}")
OFFSET = re.compile(r"(?:Z|z|UTC|[+\-]\d{2}:?\d{2}|[+\-]\d{2})$")
EPOCH = re.compile(r"^\d{9,10}(?:\.\d+)?$")
EPOCH_MS = re.compile(r"^\d{12,13}$")
CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p")
EARLIEST = np.datetime64("1990-01-01", "us")
NAT = np.datetime64("NaT", "us")


@dataclass
class DateOrder:
    """Day or month first in one column, found out from all its values."""

    day_first: list[str] = field(default_factory=list)
    month_first: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)

    def look(self, values: np.ndarray) -> None:
        for value in pd.unique(values):
            match = NUMERIC_DATE.match(value.strip())
            if match is None:
                continue
            first, second = int(match[1]), int(match[3])
            kept = self.day_first if first > 12 else self.month_first if second > 12 else self.ambiguous
            if first != second and len(kept) < 2:
                kept.append(value.strip())

    def decided(self) -> bool:
        return bool(self.day_first or self.month_first)

    def verdict(self, column: str) -> str:
        """ "day-first", "month-first" or "" (no such dates). Raises ImportRefused where nothing decides."""
        if self.day_first and self.month_first:
            raise ImportRefused(
                _(
                    "The column “%(column)s” has dates of both orders: “%(day)s” can only be day first, “%(month)s” only month "
                    "first. Export it with one format."
                )
                % {"column": column, "day": self.day_first[0], "month": self.month_first[0]}
            )
        if self.day_first:
            return "day-first"
        if self.month_first:
            return "month-first"
        if self.ambiguous:
            examples = "; ".join(
                _("“%(value)s” is %(day)s or %(month)s")
                % {"value": value, "day": _reading(value, True), "month": _reading(value, False)}
                for value in self.ambiguous
            )
            raise ImportRefused(
                _(
                    "Every date in the column “%(column)s” can be read in two ways: %(examples)s. "
                    "Say which: --date-order day-first or month-first, or date_order (or a format) in the mapping."
                )
                % {"column": column, "examples": examples}
            )
        return ""


def _reading(value: str, day_first: bool) -> str:
    match = NUMERIC_DATE.match(value)
    if match is None:
        return value
    day, month = (match[1], match[3]) if day_first else (match[3], match[1])
    year = match[4] if len(match[4]) == 4 else f"20{match[4]}"
    return datetime(int(year), int(month), int(day), tzinfo=UTC).strftime("%-d %B %Y")


def read_times(
    values: np.ndarray, missing: np.ndarray, *, format_: str, order: str, zone: str, now: datetime
) -> tuple[np.ndarray, np.ndarray, int]:
    """UTC times (datetime64[us], NaT where missing or unreadable), the unreadable ones, and how many were ambiguous.

    `zone` holds where the text has no offset. An hour that occurs twice (the clock goes back) is
    read as the first; one that never occurs (it goes forward) as the hour after. Both are counted.
    """
    out = np.full(len(values), NAT, dtype="M8[us]")
    present = ~missing
    if not present.any():
        return out, np.zeros(len(values), dtype=bool), 0
    texts = values[present]
    parsed, doubtful = _parse(texts, format_, order, zone)
    latest = np.datetime64((now + timedelta(days=366)).astimezone(UTC).replace(tzinfo=None), "us")
    with np.errstate(invalid="ignore"):
        parsed = np.where((parsed < EARLIEST) | (parsed > latest), NAT, parsed)
    out[present] = parsed
    return out, np.isnat(out) & present, doubtful


def _parse(texts: np.ndarray, format_: str, order: str, zone: str) -> tuple[np.ndarray, int]:
    if format_ in {"epoch", "epoch_ms"} or (not format_ and _epoch(texts)):
        return _epochs(texts, format_), 0
    if format_ and format_ != "iso":
        aware = "%z" in format_
        parsed = pd.to_datetime(texts, format=format_, errors="coerce", utc=aware)
        return (_utc(parsed), 0) if aware else _localise(parsed, zone)
    first = texts[0].strip()
    if format_ != "iso" and NUMERIC_DATE.match(first):
        return _numeric(texts, order, zone)
    if format_ != "iso" and YEAR_FIRST.match(first):
        texts = np.array(
            [value.replace("/", "-", 2).replace(".", "-", 2) if "/" in value[:8] else value for value in texts], dtype=object
        )
    return _iso(texts, order, zone, strict=format_ == "iso")


def _epoch(texts: np.ndarray) -> bool:
    return bool(EPOCH.match(texts[0].strip()) or EPOCH_MS.match(texts[0].strip()))


def _epochs(texts: np.ndarray, format_: str) -> np.ndarray:
    numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(dtype=float)
    thousandths = format_ == "epoch_ms" or (not format_ and bool(EPOCH_MS.match(texts[0].strip())))
    scaled = numbers * (1e3 if thousandths else 1e6)
    fine = np.isfinite(scaled) & (np.abs(scaled) < 4e15)
    return np.where(fine, np.where(fine, scaled, 0).round().astype("int64").astype("M8[us]"), NAT)


def _iso(texts: np.ndarray, order: str, zone: str, *, strict: bool) -> tuple[np.ndarray, int]:
    if any(value.endswith("UTC") for value in texts.tolist()):  # as Ruby writes times
        texts = np.array([f"{value[:-3].rstrip()}Z" if value.endswith("UTC") else value for value in texts], dtype=object)
    try:
        parsed = pd.to_datetime(texts, format="ISO8601", errors="coerce")
    except ValueError:  # several offsets in one column
        parsed = None
    if parsed is not None and getattr(parsed, "tz", None) is None and parsed.dtype != object:
        result, doubtful = _localise(parsed, zone)
    elif parsed is not None and parsed.dtype != object:
        result, doubtful = _utc(parsed), 0
    else:
        with_offset = np.array([OFFSET.search(value.strip()[10:]) is not None for value in texts])
        result, doubtful = np.full(len(texts), NAT, dtype="M8[us]"), 0
        if with_offset.any():
            result[with_offset] = _utc(pd.to_datetime(texts[with_offset], format="ISO8601", errors="coerce", utc=True))
        if not with_offset.all():
            naive = pd.to_datetime(texts[~with_offset], format="ISO8601", errors="coerce")
            result[~with_offset], doubtful = _localise(naive, zone)
    if not strict:
        # "2022" or "202201" is no date anybody wrote on purpose.
        lengths = list(map(len, texts.tolist()))
        if min(lengths) < 8:
            result[np.array(lengths) < 8] = NAT
        unread = np.isnat(result)
        numeric = np.array([bool(NUMERIC_DATE.match(value.strip())) for value in texts[unread]], dtype=bool)
        if numeric.any():
            where = np.flatnonzero(unread)[numeric]
            result[where], more = _numeric(texts[where], order, zone)
            doubtful += more
    return result, doubtful


def _numeric(texts: np.ndarray, order: str, zone: str) -> tuple[np.ndarray, int]:
    """Dates like 03/04/2022 09:15, after the order of the column is known."""
    tidy = np.array([" ".join(value.replace("T", " ").replace(",", " ").split()) for value in texts], dtype=object)
    sign = NUMERIC_DATE.match(tidy[0])
    separator = sign[2] if sign else "/"
    parts = ["%m", "%d"] if order == "month-first" else ["%d", "%m"]
    result, doubtful, unread = np.full(len(tidy), NAT, dtype="M8[us]"), 0, np.ones(len(tidy), dtype=bool)
    if not order:
        # No value of the column decides: only 05/05 is safe, and the column was let through for that reason.
        pass
    for year in ("%Y", "%y"):
        date_part = separator.join([*parts, year])
        for clock in ("", *CLOCKS):
            if not unread.any():
                break
            parsed = pd.to_datetime(tidy[unread], format=f"{date_part} {clock}".strip(), errors="coerce")
            found, times = _localise(parsed, zone)
            result[np.flatnonzero(unread)] = found
            doubtful += times
            unread = np.isnat(result)
    return result, doubtful


def _utc(parsed: pd.DatetimeIndex) -> np.ndarray:
    return parsed.tz_convert("UTC").tz_localize(None).to_numpy().astype("M8[us]")


def _localise(parsed: pd.DatetimeIndex, zone: str) -> tuple[np.ndarray, int]:
    plain = parsed.to_numpy().astype("M8[us]")
    if zone == "UTC":
        return plain, 0
    index = pd.DatetimeIndex(plain)
    try:
        return _utc(index.tz_localize(zone, ambiguous="raise", nonexistent="raise")), 0
    except ValueError:  # the clock changes within this chunk
        first = index.tz_localize(zone, ambiguous=np.ones(len(index), dtype=bool), nonexistent="shift_forward")
        second = index.tz_localize(zone, ambiguous=np.zeros(len(index), dtype=bool), nonexistent="shift_backward")
        return _utc(first), int((first != second)[index.notna()].sum())


def local_days(times: np.ndarray, zone_names: np.ndarray) -> np.ndarray:
    """The calendar day (datetime64[D]) of each UTC time in the zone beside it; NaT stays NaT."""
    days = np.full(len(times), np.datetime64("NaT", "D"), dtype="M8[D]")
    codes, zones = pd.factorize(zone_names)
    for number, zone in enumerate(zones):
        chosen = slice(None) if len(zones) == 1 else codes == number
        part = times[chosen]
        if zone == "UTC":
            days[chosen] = part.astype("M8[D]")
        else:
            local = pd.DatetimeIndex(part).tz_localize("UTC").tz_convert(zone).tz_localize(None)
            days[chosen] = local.to_numpy().astype("M8[D]")
    return days
