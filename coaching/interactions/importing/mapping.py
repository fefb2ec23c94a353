"""What the columns of a file mean, as a TOML file (or the web form) says it.

`docs/guides/importing.md` explains every key with examples. A mapping is checked as a whole before
a file is opened: a misspelt key is refused, never ignored.
"""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import MappingError

DEFAULT_MISSING = frozenset({"", "?"})
UNITS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0, "h:m:s": 0.0}
FORMATS_BY_NAME = {"iso", "epoch", "epoch_ms"}
KINDS = ("interactions", "messages", "surveys")
SECTION_OF = {"interactions": "interaction", "messages": "message", "surveys": "survey"}

TIME, TEXT, KEY, NUMBER, SECONDS, FLAG, CHOICE = "time", "text", "key", "number", "seconds", "flag", "choice"

_HANDLER_FIELDS = {
    "handler": KEY,
    "handler_name": TEXT,
    "handler_email": TEXT,
}
_STATE_FIELDS = {
    "channel": CHOICE,
    "status": CHOICE,
    "subject": TEXT,
    "topic": TEXT,
    "customer": TEXT,
    "reopens": NUMBER,
    "answered": FLAG,
    "wait_seconds": SECONDS,
    "handle_seconds": SECONDS,
}
CASE_FIELDS = {
    "external_id": KEY,
    "opened_at": TIME,
    "first_reply_at": TIME,
    "resolved_at": TIME,
    "last_event_at": TIME,
    **_HANDLER_FIELDS,
    "assignee": KEY,
    **_STATE_FIELDS,
}
EVENT_FIELDS = {
    "external_id": KEY,
    "at": TIME,
    "activity": TEXT,
    **_HANDLER_FIELDS,
    **_STATE_FIELDS,
}
MESSAGE_FIELDS = {
    "case": KEY,
    "external_id": KEY,
    "position": NUMBER,
    "sent_at": TIME,
    "author": KEY,
    "author_name": TEXT,
    "author_email": TEXT,
    "author_kind": CHOICE,
    "body": TEXT,
    "is_private": FLAG,
    "subject": TEXT,
    "channel": CHOICE,
}
SURVEY_FIELDS = {
    "external_id": KEY,
    "case": KEY,
    "handler": KEY,
    "handler_name": TEXT,
    "handler_email": TEXT,
    "value": NUMBER,
    "responded_at": TIME,
    "comment": TEXT,
}
FIELDS = {"case": CASE_FIELDS, "event": EVENT_FIELDS, "message": MESSAGE_FIELDS, "survey": SURVEY_FIELDS}
REQUIRED = {
    "case": ("external_id", "opened_at"),
    "event": ("external_id", "at"),
    "message": ("case", "external_id", "sent_at", "body"),
    "survey": ("external_id", "value", "responded_at"),
}
CHOICES = {
    "channel": {"email": "email", "e-mail": "email", "mail": "email", "chat": "chat", "phone": "phone", "call": "phone",
                "voice": "phone", "other": "other"},
    "status": {"open": "open", "new": "open", "pending": "open", "hold": "open", "resolved": "resolved", "solved": "resolved",
               "closed": "resolved", "done": "resolved"},
    "author_kind": {"customer": "customer", "agent": "agent", "system": "system", "other": "other"},
}  # fmt: skip
OPTIONS = {
    "case": set(),
    "event": {"order", "resolved", "closed", "reopened"},
    "message": {"order", "join", "first_position"},
    "survey": {"kind", "scale", "satisfied", "neutral"},
}
TOP_KEYS = {
    "source", "name", "encoding", "delimiter", "sheet", "skip_lines", "missing", "timezone", "date_order", "decimal",
    "interaction", "message", "survey",
}  # fmt: skip
COLUMN_KEYS = {"column", "value", "unit", "format", "timezone", "date_order", "values", "other", "type", "when", "optional"}


@dataclass(frozen=True)
class Column:
    """Where a field comes from and how its text is read."""

    field: str
    kind: str
    column: str = ""
    constant: Any = None
    unit: str = "seconds"
    format: str = ""
    timezone: str = ""
    date_order: str = ""
    values: dict[str, Any] = dataclasses.field(default_factory=dict)
    other: Any = None
    integer: bool = False
    when_column: str = ""
    when_values: frozenset[str] = frozenset()
    optional: bool = False


@dataclass(frozen=True)
class Section:
    """One of interaction, message, survey: its columns and its own options."""

    shape: str
    columns: dict[str, Column]
    options: dict[str, Any] = dataclasses.field(default_factory=dict)

    def file_columns(self) -> list[str]:
        """Every column of the file this section needs, in order, once each."""
        names = [name for column in self.columns.values() for name in (column.column, column.when_column) if name]
        names += [name for name in self.options.get("order", []) if name not in self.columns]
        return list(dict.fromkeys(names))


@dataclass(frozen=True)
class Mapping:
    source: str
    name: str
    sections: dict[str, Section]
    missing: frozenset[str] = DEFAULT_MISSING
    timezone: str = ""
    date_order: str = ""
    decimal: str = "."
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    skip_lines: int = 0

    def section(self, kind: str) -> Section:
        """The section an import of this kind reads. Raises MappingError where the mapping has none."""
        name = SECTION_OF[kind]
        if name not in self.sections:
            raise MappingError(
                _("This mapping has no [%(name)s] section. Add one, or use the command for what the mapping does describe.")
                % {"name": name}
            )
        return self.sections[name]

    def all_file_columns(self) -> set[str]:
        return {column for section in self.sections.values() for column in section.file_columns()}


def load_mapping(path: Path) -> Mapping:
    """Read a mapping from a TOML file. Raises MappingError with the place and the remedy."""
    try:
        with Path(path).open("rb") as stream:
            return parse_mapping(tomllib.load(stream))
    except OSError as error:
        raise MappingError(
            _("The mapping %(path)s cannot be opened: %(why)s.") % {"path": path, "why": error.strerror or error}
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(_("The mapping %(path)s is not valid TOML: %(why)s") % {"path": path, "why": error}) from error


def parse_mapping(data: dict[str, Any]) -> Mapping:
    """A mapping from plain data (what TOML holds, or what the web form stored)."""
    _known(data, TOP_KEYS, _("the mapping"))
    sections: dict[str, Section] = {}
    for name in ("interaction", "message", "survey"):
        if name in data:
            sections[name] = _section(name, data[name])
    if not sections:
        raise MappingError(_("The mapping describes nothing. Add an [interaction], [message] or [survey] section."))
    source = str(data.get("source", "")).strip()
    for zone in [data.get("timezone", "")]:
        _zone(zone)
    order = data.get("date_order", "")
    _order(order)
    decimal = data.get("decimal", ".")
    if decimal not in {".", ","}:
        raise MappingError(_("decimal must be “.” or “,”."))
    return Mapping(
        source=source,
        name=str(data.get("name", "")),
        sections=sections,
        missing=frozenset(str(marker).strip() for marker in data["missing"]) | {""} if "missing" in data else DEFAULT_MISSING,
        timezone=data.get("timezone", ""),
        date_order=order,
        decimal=decimal,
        encoding=data.get("encoding", ""),
        delimiter=data.get("delimiter", ""),
        sheet=data.get("sheet", ""),
        skip_lines=int(data.get("skip_lines", 0)),
    )


def _section(name: str, data: dict[str, Any]) -> Section:
    shape = data.get("shape", "case") if name == "interaction" else name
    if shape not in FIELDS:
        raise MappingError(_("[%(name)s] shape must be “case” or “event”, not “%(shape)s”.") % {"name": name, "shape": shape})
    _known(data, OPTIONS[shape] | {"shape", "columns"}, f"[{name}]")
    columns = {}
    for field_name, spec in data.get("columns", {}).items():
        kind = FIELDS[shape].get(field_name)
        if kind is None:
            raise MappingError(
                _("[%(name)s.columns] knows no field “%(field)s”. Fields: %(fields)s.")
                % {"name": name, "field": field_name, "fields": ", ".join(FIELDS[shape])}
            )
        columns[field_name] = _column(name, field_name, kind, spec)
    for field_name in REQUIRED[shape]:
        if field_name not in columns:
            raise MappingError(_("[%(name)s.columns] must say where %(field)s comes from.") % {"name": name, "field": field_name})
    options = {key: value for key, value in data.items() if key not in {"shape", "columns"}}
    if shape == "survey":
        _check_scale(options)
    if shape == "event" and "reopened" in options and not isinstance(options["reopened"], dict):
        options["reopened"] = {"repeated": options["reopened"]}
    if isinstance(options.get("order"), str):
        options["order"] = [options["order"]]
    return Section(shape=shape, columns=columns, options=options)


def _column(section: str, field_name: str, kind: str, spec: Any) -> Column:
    if isinstance(spec, str):
        return Column(field=field_name, kind=kind, column=spec.strip())
    place = f"[{section}.columns] {field_name}"
    if not isinstance(spec, dict):
        raise MappingError(_("%(place)s must be a column name or a table with “column”.") % {"place": place})
    _known(spec, COLUMN_KEYS, place)
    if ("column" in spec) == ("value" in spec):
        raise MappingError(_("%(place)s needs either “column” or a fixed “value”.") % {"place": place})
    unit = spec.get("unit", "seconds")
    if unit not in UNITS:
        raise MappingError(_("%(place)s: unit must be one of %(units)s.") % {"place": place, "units": ", ".join(UNITS)})
    _zone(spec.get("timezone", ""))
    _order(spec.get("date_order", ""))
    when = spec.get("when", {})
    if when and set(when) != {"column", "is"}:
        raise MappingError(_("%(place)s: “when” needs “column” and “is”.") % {"place": place})
    wanted = when.get("is", [])
    return Column(
        field=field_name,
        kind=kind,
        column=str(spec.get("column", "")).strip(),
        constant=spec.get("value"),
        unit=unit,
        format=spec.get("format", ""),
        timezone=spec.get("timezone", ""),
        date_order=spec.get("date_order", ""),
        values={str(key).strip(): value for key, value in spec.get("values", {}).items()},
        other=spec.get("other"),
        integer=spec.get("type") == "integer",
        when_column=str(when.get("column", "")).strip(),
        when_values=frozenset(str(value).strip() for value in ([wanted] if isinstance(wanted, str) else wanted)),
        optional=bool(spec.get("optional", False)),
    )


def _known(data: dict[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(set(data) - known)
    if unknown:
        raise MappingError(
            _("%(place)s has the unknown key “%(key)s”. Known keys: %(known)s.")
            % {"place": place, "key": unknown[0], "known": ", ".join(sorted(known))}
        )


def _zone(zone: str) -> None:
    if zone and zone not in available_timezones():
        raise MappingError(_("“%(zone)s” is not a time zone. Write one like Europe/Berlin.") % {"zone": zone})


def _order(order: str) -> None:
    if order not in {"", "day-first", "month-first"}:
        raise MappingError(_("date_order must be “day-first” or “month-first”, not “%(order)s”.") % {"order": order})


def _check_scale(options: dict[str, Any]) -> None:
    if options.setdefault("kind", "csat") not in {"csat", "nps", "ces"}:
        raise MappingError(_("[survey] kind must be csat, nps or ces."))
    default = {"csat": [1, 5], "nps": [0, 10], "ces": [1, 7]}[options["kind"]]
    scale = options.setdefault("scale", default)
    if len(scale) != 2 or not scale[0] < scale[1]:
        raise MappingError(_("[survey] scale must be the lowest and the highest value, for example [1, 5]."))
    if "satisfied" not in options:
        satisfied = {"csat": ([4, 5], [3]), "nps": ([9, 10], [7, 8]), "ces": ([5, 6, 7], [4])}[options["kind"]]
        if list(scale) != default:
            raise MappingError(_("[survey] must say which values count as satisfied, for example satisfied = [4, 5]."))
        options["satisfied"] = satisfied[0]
        options.setdefault("neutral", satisfied[1])
    options.setdefault("neutral", [])


def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)
