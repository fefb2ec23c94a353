"""Which exports are understood by themselves: recognised by their header, and given the mapping they come with."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from coaching.interactions.importing.derived import plain, zone_in_footer
from coaching.interactions.importing.json_rows import JsonRows
from coaching.interactions.importing.mapping import FIELDS, REQUIRED, SECTION_OF, Mapping, parse_mapping
from coaching.interactions.importing.problems import ImportRefused, MappingError
from coaching.interactions.importing.reading import CsvRows
from coaching.interactions.importing.sniffing import Layout, sniff
from coaching.interactions.importing.systems import VARIANTS
from coaching.interactions.importing.variants import Peek, Variant
from coaching.interactions.importing.xlsx import XlsxRows

NAMES = ("auto", "zendesk", "freshdesk", "intercom", "helpscout", "chatwoot", "zammad", "servicenow", "generic")
COMMANDS = {"interaction": "import_interactions", "message": "import_messages", "survey": "import_surveys"}
LOOKED_AT = 8
NOTHING = Mapping(source="", name="", sections={})


@dataclass(frozen=True)
class Recognised:
    """A known export, and its mapping as plain data with the names this file has."""

    variant: Variant
    mapping: dict[str, Any]

    @property
    def title(self) -> str:
        return str(self.variant.title)


def choose_mapping(
    name: str, mapping: Mapping | None, header: Sequence[str] = (), *, path: Path | None = None, kind: str = "interactions"
) -> Mapping:
    """The given mapping; without one that of the format, which “auto” recognises by the file's header.

    Raises MappingError where neither a mapping was given nor the file is a known export of this kind.
    """
    if mapping is not None:
        return mapping
    recognised = None
    if path is not None:
        recognised = recognise(path, kind, name)
    elif header:
        recognised = recognise_peek(Peek(json=False, rows=[(1, header)]), kind, name)
    if recognised is not None:
        return parse_mapping(recognised.mapping)
    if name in {"auto", "generic"}:
        raise MappingError(
            _(
                "The file is no export that is recognised by itself. Say what the columns mean: --mapping FILE.toml (see "
                "docs/guides/importing.md)."
            )
        )
    raise MappingError(
        _(
            "The file does not look like an export of %(name)s that is known. Compare docs/guides/importing.md, or say what the "
            "columns mean: --format generic --mapping FILE.toml."
        )
        % {"name": name}
    )


def recognise(path: Path, kind: str, name: str = "auto") -> Recognised | None:
    """The known export a file is; None for any other. Raises as choose_mapping, and ImportRefused for what is no table."""
    return recognise_peek(look_into(path), kind, name)


def recognise_peek(peek: Peek, kind: str, name: str = "auto") -> Recognised | None:
    """As `recognise`, after the beginning of the file was looked at."""
    section = SECTION_OF[kind]
    found: list[tuple[Variant, int]] = []
    for variant in VARIANTS:
        line = variant.header_line(peek) if name in {"auto", variant.system} else None
        if line is not None:
            found.append((variant, line))
    found.sort(key=lambda pair: len(pair[0].signature), reverse=True)
    for variant, _line in found:
        if variant.refusal:
            raise MappingError(str(variant.refusal))
    fitting = [pair for pair in found if section in pair[0].mapping]
    if found and not fitting:
        variant = found[0][0]
        held = ", ".join(COMMANDS[part] for part in COMMANDS if part in variant.mapping)
        raise MappingError(
            _("This is the export “%(title)s”, which holds nothing of this kind. Import it with: %(commands)s.")
            % {"title": variant.title, "commands": held}
        )
    if not fitting and name not in {"auto", "generic"}:
        fitting = _nearest(peek, section, name)
    if not fitting:
        return None
    variant, above = fitting[0]
    header = next((cells for line, cells in peek.rows if line == above + 1), peek.header)
    return Recognised(variant, concrete(variant, header, above, peek))


def _nearest(peek: Peek, section: str, name: str) -> list[tuple[Variant, int]]:
    """For a format that was named: the variant most of whose columns the file has, so that what is missing can be named."""
    best, most = None, 0
    names = {plain(column) for column in peek.header}
    for variant in VARIANTS:
        if variant.system != name or variant.json != peek.json or section not in variant.mapping:
            continue
        wanted = {plain(part) for parts in variant.signature for part in ([parts] if isinstance(parts, str) else parts)}
        wanted |= {plain(part) for spec in variant.mapping[section]["columns"].values() for part in _named(spec)}
        if len(wanted & names) > most:
            best, most = variant, len(wanted & names)
    return [(best, peek.rows[0][0] - 1)] if best is not None and most >= 2 else []


def _named(spec: Any) -> list[str]:
    """The columns a field may come from."""
    if isinstance(spec, dict):
        spec = spec.get("column", [])
    return [spec] if isinstance(spec, str) else list(spec)


def concrete(variant: Variant, header: Sequence[str], above: int, peek: Peek) -> dict[str, Any]:
    """A variant's mapping with the names of this file: of several the first it has, without columns it lacks."""
    mapping = {key: value for key, value in variant.mapping.items() if key not in COMMANDS}
    mapping["variant"] = variant.key
    if above:
        mapping["skip_lines"] = above
    named = variant.looks is not None and not variant.fits_names(header)
    if named:
        mapping["header"] = list(variant.names)
        header = [*variant.names[: len(header)]]
    known = {plain(name): name for name in reversed(header)}
    known.update({plain(name): name for name in mapping.get("derive", {})})
    zone = zone_in_footer(peek.last[0]) if peek.last else ""
    if zone and "timezone" not in mapping:
        mapping["timezone"] = zone
    for part in COMMANDS:
        if part in variant.mapping:
            section = dict(variant.mapping[part])
            shape = section.get("shape", "case") if part == "interaction" else part
            loose = variant.json
            columns = {}
            for field, spec in section["columns"].items():
                settled = _settled(spec, known, required=field in REQUIRED[shape], loose=loose)
                if settled is not None and field in FIELDS[shape]:
                    columns[field] = settled
            section["columns"] = columns
            if "order" in section:
                section["order"] = [
                    known.get(plain(name), name) for name in section["order"] if name in columns or plain(name) in known
                ]
            mapping[part] = section
    return mapping


def _settled(spec: Any, known: dict[str, str], *, required: bool, loose: bool) -> Any:
    """A column with one name; None where the file has none of its names. `loose`: objects may have the field later."""
    if isinstance(spec, dict) and "value" in spec:
        return spec
    names = _named(spec)
    present = [known[plain(name)] for name in names if plain(name) in known]
    if not present and not required and not loose:
        return None
    name = present[0] if present else names[0]
    settled = dict(spec) if isinstance(spec, dict) else {}
    settled["column"] = name
    if "when" in settled and not loose:
        condition = settled["when"]["column"]
        if plain(condition) not in known:
            return None
        settled["when"] = {**settled["when"], "column": known[plain(condition)]}
    if loose and not required:
        settled["optional"] = True
    return settled if len(settled) > 1 else name


def look_into(path: Path) -> Peek:
    """The first rows of a file, and the last of a spreadsheet. Raises ImportRefused for what is no table."""
    layout = sniff(path)
    if layout.kind == "json":
        return Peek(json=True, rows=[(1, JsonRows(layout).header)])
    if layout.kind == "xlsx":
        rows = XlsxRows(layout, NOTHING)
        first, last = rows.ends(LOOKED_AT)
        return Peek(json=False, rows=first, last=last)
    return Peek(json=False, rows=_csv_rows(layout))


def _csv_rows(layout: Layout) -> list[tuple[int, list[str]]]:
    rows = CsvRows(layout, NOTHING)
    reader = csv.reader([*rows.sample, ""], delimiter=rows.delimiter)
    found, line = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
            if len(found) >= LOOKED_AT:
                break
    except csv.Error:
        return found or [(1, list(rows.header))]
    return found


__all__ = ["NAMES", "ImportRefused", "Recognised", "choose_mapping", "look_into", "recognise", "recognise_peek"]
