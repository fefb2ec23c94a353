"""A file and a mapping brought together: which columns there are, how its dates are read, what is kept beside.

The import and the preview of the page open a file alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from coaching.interactions.importing.derived import plain
from coaching.interactions.importing.mapping import TEXT, TIME, Column, Mapping, Section
from coaching.interactions.importing.problems import ImportRefused, Notes
from coaching.interactions.importing.reading import open_rows, resolve_columns
from coaching.interactions.importing.records import RawChunk, Rows, objects
from coaching.interactions.importing.sniffing import Layout, sniff
from coaching.interactions.importing.times import DateOrder

EXTRA = "\x00extra"  # no column of a file is called so
EXTRA_COLUMNS = 200
EXTRA_LENGTH = 1_000


@dataclass
class Opened:
    """A file ready to be read: `found` columns by mapped name, `orders` of dates, the `zone` of times without an offset."""

    layout: Layout
    rows: Rows
    section: Section
    found: dict[str, str]
    orders: dict[str, str]
    zone: str
    kept: list[str]

    def chunks(self, size: int) -> Iterator[RawChunk]:
        """The rows as text, with what is kept beside as one more column."""
        names = list(dict.fromkeys(name for name in self.found.values() if name != EXTRA))
        for raw in self.rows.chunks(list(dict.fromkeys([*names, *self.kept])), size):
            if EXTRA in self.found:
                raw.columns[EXTRA] = objects(_extras(raw, self.kept))
            yield raw


def open_import(path: Path, mapping: Mapping, kind: str, zone: str, chunk_rows: int, notes: Notes) -> Opened:
    """Open a file after a mapping. Raises MappingError or ImportRefused where the two do not fit."""
    section = mapping.section(kind)
    layout = sniff(path, mapping.encoding)
    rows = open_rows(layout, mapping, section)
    found, orders, chosen = understand(rows, mapping, section, zone, chunk_rows, notes)
    for note in layout.notes:
        notes.once(note)
    section = _present(section, found)
    kept: list[str] = []
    if mapping.keep_extra and kind == "interactions":
        kept = _unused(rows, mapping)[:EXTRA_COLUMNS]
        if kept:
            section = replace(section, columns={**section.columns, "extra": Column(field="extra", kind=TEXT, column=EXTRA)})
            found = {**found, EXTRA: EXTRA}
    return Opened(layout, rows, section, found, orders, chosen, kept)


def _present(section: Section, found: dict[str, str]) -> Section:
    """Without the optional columns the file lacks: what is known of them stays as it is."""
    columns = {
        field: column
        for field, column in section.columns.items()
        if not (column.optional and column.column and column.column not in found)
    }
    return replace(section, columns=columns)


def _unused(rows: Rows, mapping: Mapping) -> list[str]:
    """The file's columns that no section reads and that are not to be passed over."""
    asked = mapping.all_file_columns()
    used = set(resolve_columns(rows.header, sorted(asked), asked, first=True).values())
    passed_over = {plain(name) for name in mapping.ignore}
    return [
        name
        for name in dict.fromkeys(rows.header)
        if name and name not in used and plain(name) not in passed_over and name not in mapping.derive
    ]


def _extras(raw: RawChunk, names: list[str]) -> list[str]:
    """Per row a JSON object of the filled cells, always written alike so that the same row is the same text."""
    order = sorted(names)
    columns = [raw.columns[name].tolist() for name in order]
    rows = zip(*columns, strict=True) if columns else iter([()] * len(raw.lines))
    return [
        json.dumps({name: cell[:EXTRA_LENGTH] for name, cell in zip(order, row, strict=True) if cell.strip()}, ensure_ascii=False)
        for row in rows
    ]


def understand(
    rows: Rows, mapping: Mapping, section: Section, zone: str, chunk_rows: int, notes: Notes
) -> tuple[dict[str, str], dict[str, str], str]:
    """The file's columns by mapped name, the date order of each time column, and the time zone.

    Raises MappingError or ImportRefused where the file lacks a column or its dates cannot be decided.
    """
    wanted = section.file_columns()
    optional = {name for column in section.columns.values() if column.optional for name in (column.column, column.when_column)}
    found = resolve_columns(rows.header, wanted, optional, first=mapping.first_of_repeated)
    unused = [] if mapping.keep_extra or mapping.variant else _unused(rows, mapping)
    if unused:
        shown = ", ".join(f"“{name}”" for name in unused[:20])
        notes.once(_("Columns of the file that the mapping does not use: %(columns)s.") % {"columns": shown})
    repeated = {name for name in rows.header if name and rows.header.count(name) > 1}
    if repeated:
        notes.once(_("Columns that stand twice in the file: %(columns)s.") % {"columns": ", ".join(sorted(repeated))})
    times = [column for column in section.columns.values() if column.kind == TIME and column.column in found]
    open_columns = [
        column.column
        for column in times
        if (not column.format or column.format == "iso") and not column.date_order and not mapping.date_order
    ]
    orders = {}
    if open_columns:
        alike = bool(mapping.system)  # one system writes all its dates alike
        orders = _date_orders(rows, {name: found[name] for name in open_columns}, chunk_rows, alike=alike)
    chosen = zone or mapping.timezone
    if not chosen:
        chosen = settings.TIME_ZONE
        if not all(column.timezone or "%z" in column.format or column.format.startswith("epoch") for column in times):
            notes.once(
                _("No time zone was given: times without an offset were read in the organisation's own, %(zone)s.")
                % {"zone": chosen}
            )
    return found, orders, chosen


def _date_orders(rows: Rows, columns: dict[str, str], chunk_rows: int, *, alike: bool) -> dict[str, str]:
    """Day or month first, decided by every value of the column; stops reading once nothing is open.

    Where all columns are written `alike`, one that decides does so for the others.
    """
    seen = {name: DateOrder() for name in columns}
    names = list(dict.fromkeys(columns.values()))
    for raw in rows.chunks(names, chunk_rows):
        for name, order in seen.items():
            order.look(raw.columns[columns[name]])
        if not [order for order in seen.values() if order.ambiguous and not order.decided()]:
            break
    if alike and any(order.decided() for order in seen.values()):
        for order in seen.values():
            if not order.decided() and order.ambiguous:
                order.day_first = [value for other in seen.values() for value in other.day_first][:1]
                order.month_first = [value for other in seen.values() for value in other.month_first][:1]
    return {name: order.verdict(name) for name, order in seen.items()}


__all__ = ["EXTRA", "ImportRefused", "Opened", "open_import", "understand"]
