"""Columns that a file does not have as such: renamed by place, told apart, or made of others.

`derive` of a mapping names, for each new column, what to do and which columns it is made of:
`{"agent e-mail": ["email in brackets", "Agent Name"]}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from zoneinfo import available_timezones

import numpy as np
from django.utils.translation import gettext as _

from coaching.interactions.importing.mapping import Mapping
from coaching.interactions.importing.problems import MappingError
from coaching.interactions.importing.records import RawChunk, Rows, objects

BRACKETS = re.compile(r"^(?P<name>.*)\((?P<email>[^()\s]+@[^()\s]+)\)\s*$", re.DOTALL)
CONVERSATION = re.compile(r"/conversations/(\d+)")
A_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}\.? \w+ \d{4}|\w+ \d{1,2}, \d{4}")


def is_period_line(text: str) -> bool:
    """Does a line of one cell tell of the report and not of a case? It names a period, or the time zone at its end."""
    return len(A_DATE.findall(text)) >= 2 or zone_in_footer(text) != ""


def zone_in_footer(text: str) -> str:
    """The zone of a footer like "Timezone: Europe/Berlin"; "" where there is none."""
    label, colon, zone = text.strip().rpartition(": ")
    return zone.strip() if colon and label and zone.strip() in available_timezones() else ""


def _email_in_brackets(cells: list[str]) -> str:
    found = BRACKETS.match(cells[0])
    return found["email"] if found else ""


def _name_before_brackets(cells: list[str]) -> str:
    found = BRACKETS.match(cells[0])
    return (found["name"] if found else cells[0]).strip()


def _conversation_in_link(cells: list[str]) -> str:
    found = CONVERSATION.search(cells[0])
    return found[1] if found else ""


def _first_of(cells: list[str]) -> str:
    return next((cell for cell in cells if cell.strip()), "")


def _joined(cells: list[str]) -> str:
    return "/".join(cell.strip() for cell in cells) if all(cell.strip() for cell in cells) else ""


STEPS: dict[str, Callable[[list[str]], str]] = {
    "email in brackets": _email_in_brackets,
    "name before brackets": _name_before_brackets,
    "conversation in link": _conversation_in_link,
    "first of": _first_of,
    "joined": _joined,
}


def named_apart(header: Sequence[str]) -> list[str]:
    """A second "Name" becomes "Name (2)"."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 or not name else f"{name} ({seen[name]})")
    return names


class DerivedRows:
    """Other rows, seen through the `header`, `first_of_repeated`, `derive` and `period_lines` of a mapping."""

    def __init__(self, rows: Rows, mapping: Mapping) -> None:
        self.rows = rows
        if mapping.header:
            rows.header[: len(mapping.header)] = mapping.header[: len(rows.header)]
        if mapping.first_of_repeated:
            rows.header[:] = named_apart(rows.header)
        self.first = rows.header[0] if mapping.period_lines and rows.header else ""
        known = {plain(name): name for name in reversed(rows.header)}
        self.derived: dict[str, tuple[str, list[str]]] = {}
        for name, (step, *parts) in _in_order(mapping.derive):
            if step not in STEPS:
                raise MappingError(
                    _("[derive] knows no step “%(step)s”. It knows: %(steps)s.") % {"step": step, "steps": ", ".join(STEPS)}
                )
            present = [known[plain(part)] for part in parts if plain(part) in known]
            if present and (step == "first of" or len(present) == len(parts)):
                self.derived[name] = (step, present)
                known.setdefault(plain(name), name)
        self.header = [*rows.header, *self.derived]

    @property
    def total(self) -> int:
        return self.rows.total

    def chunks(self, columns: Sequence[str], size: int) -> Iterator[RawChunk]:
        needed = self._needed(columns)
        for raw in self.rows.chunks(list(dict.fromkeys([*needed, self.first] if self.first else needed)), size):
            given, lines = raw.columns, raw.lines
            if self.first and len(lines):
                kept = np.array([not is_period_line(cell) for cell in given[self.first].tolist()], dtype=bool)
                if not kept.all():
                    given, lines = {name: values[kept] for name, values in given.items()}, lines[kept]
            wanted = {name: self._column(name, given) for name in columns}
            yield replace(raw, lines=lines, columns=wanted, read=raw.read - (len(raw.lines) - len(lines)))

    def _needed(self, columns: Sequence[str]) -> list[str]:
        needed: dict[str, None] = {}
        for name in columns:
            parts = self._needed(self.derived[name][1]) if name in self.derived else [name]
            needed.update(dict.fromkeys(parts))
        return list(needed)

    def _column(self, name: str, given: dict[str, np.ndarray]) -> np.ndarray:
        if name not in self.derived:
            return given[name]
        step, parts = self.derived[name]
        cells = [self._column(part, given).tolist() for part in parts]
        return objects([STEPS[step](list(row)) for row in zip(*cells, strict=True)])


def _in_order(derive: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """Each column after those it is made of, however they are given: a mapping kept by PostgreSQL loses the order of its keys."""
    names = {plain(name): name for name in derive}
    ordered: dict[str, list[str]] = {}

    def add(name: str, above: set[str]) -> None:
        for part in derive[name][1:]:
            other = names.get(plain(part), name)
            if other not in ordered and other not in above:
                add(other, above | {other})
        ordered[name] = derive[name]

    for name in derive:
        if name not in ordered:
            add(name, {name})
    return list(ordered.items())


def plain(name: str) -> str:
    """A column's name without regard to case and spaces."""
    return " ".join(name.split()).casefold()
