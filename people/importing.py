"""Reading a list of people from a file: whatever delimiter, encoding or header words it comes with.

The result is a table of text, one row per person, with the line each row stands on. What the words
mean (roles, teams, dates) is worked out here too; nothing here touches the database.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from foundation.row_problems import Problem
from people.models import Role

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_CELL = 2000

COLUMNS: dict[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "mail", "email address", "e-mail address", "work email", "login", "username"),
    "name": ("name", "display name", "full name", "employee", "employee name", "person", "agent", "agent name"),
    "team": ("team", "team path", "teams", "department", "unit", "group", "org unit"),
    "roles": ("role", "roles", "role(s)", "position", "function"),
    "lead": ("lead", "lead e-mail", "lead email", "team lead", "manager", "manager email", "supervisor", "reports to"),
    "starts_on": ("start date", "start", "starts on", "from", "since", "joined", "joined on", "hire date", "date of joining"),
    "time_zone": ("time zone", "timezone", "tz"),
    "external_ids": ("external ids", "external id", "ids", "other ids", "systems", "aliases"),
    "locale": ("language", "locale", "lang"),
    "pronouns": ("pronouns",),
}
ROLE_WORDS: dict[str, Role] = {
    **dict.fromkeys(("rep", "support rep", "agent", "representative", "advisor", "csr", "member"), Role.REP),
    **dict.fromkeys(("lead", "team lead", "team leader", "supervisor", "manager"), Role.LEAD),
    **dict.fromkeys(("reviewer", "qa", "qa reviewer", "quality", "quality analyst"), Role.REVIEWER),
    **dict.fromkeys(("editor", "content editor", "trainer", "author"), Role.EDITOR),
    **dict.fromkeys(("head", "head of support", "director"), Role.HEAD),
    **dict.fromkeys(("admin", "administrator"), Role.ADMIN),
}
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$")
DOT_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})$")


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass
class Table:
    frame: pd.DataFrame  # text columns by our names, index: line in the file
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class PersonRow:
    """One person as the file describes them. None or empty: the file does not say."""

    line: int
    email: str
    name: str
    team: tuple[str, ...]
    roles: tuple[Role, ...]
    lead: str
    starts_on: date | None
    time_zone: str
    external_ids: tuple[tuple[str, str], ...]
    locale: str
    pronouns: str

    @property
    def leads_team(self) -> bool:
        """A lead who is not also a rep stands in the team as its lead, not as a member."""
        return Role.LEAD in self.roles and Role.REP not in self.roles


def read_table(data: bytes, *, columns: Mapping[str, tuple[str, ...]] = COLUMNS, required: tuple[str, ...] = ("email",)) -> Table:
    """The table in a CSV or XLSX file. Raises UnreadableFile where there is none, or one of the `required` columns is missing.

    `columns` says by which words a header names which of our columns; without it, those of a list of people.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableFile(_("The file is larger than 20 MB. Split it."))
    if not data.strip():
        raise UnreadableFile(_("The file is empty."))
    if data.startswith(b"PK\x03\x04"):
        return _named(_read_workbook(data), columns, required)
    if data.startswith((b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")):
        raise UnreadableFile(_("This is not a CSV or XLSX file. Save the list as CSV or XLSX and try again."))
    text, warnings = _decode(data)
    table = _named(_read_text(text), columns, required)
    table.warnings[:0] = warnings
    return table


def _decode(data: bytes) -> tuple[str, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    elif data[1:200:2].count(0) > len(data[1:200:2]) // 2:
        encoding = "utf-16-le"
    else:
        encoding = "utf-8"
    try:
        return data.decode(encoding), []
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        return text, [_("The file is not UTF-8; it was read as Windows-1252. Look whether the names are right.")]


LONGEST_CELL = 100_000  # no name is that long: a quotation mark was opened and never closed


def _read_text(text: str) -> list[tuple[int, list[str]]]:
    if "\x00" in text:
        raise UnreadableFile(_("The file holds binary data. Save the list as CSV (UTF-8) or XLSX and try again."))
    first = text.lstrip("\r\n").split("\n", 1)[0]
    outside_quotes = re.sub(r'"[^"]*"', "", first)
    delimiter = max((",", ";", "\t", "|"), key=outside_quotes.count)
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise csv.Error(_("a cell of more than %(n)s characters") % {"n": LONGEST_CELL})
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(
            _("Line %(line)s cannot be read (%(error)s). Look for a quotation mark that is never closed.")
            % {"line": reader.line_num, "error": error}
        ) from error
    return rows


def _read_workbook(data: bytes) -> list[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise UnreadableFile(_("Unpacked, the workbook is larger than 200 MB. Split it."))
            if "xl/workbook.xml" not in {member.filename for member in members}:
                raise UnreadableFile(_("This is a zip archive, not a list. Unpack it and choose the CSV or XLSX file in it."))
        frame = pd.read_excel(io.BytesIO(data), header=None, dtype=object, engine="openpyxl")
    except UnreadableFile:
        raise
    except (zipfile.BadZipFile, ValueError, KeyError, OSError, EOFError, SyntaxError) as error:
        raise UnreadableFile(_("The workbook is damaged. Open it, save it again as XLSX and try once more.")) from error
    rows = []
    for position, cells in enumerate(frame.itertuples(index=False), start=1):
        texts = [_text(cell) for cell in cells]
        if any(texts):
            rows.append((position, texts))
    return rows


def _text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and pd.isna(cell)) or cell is pd.NaT:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _named(rows: list[tuple[int, list[str]]], columns: Mapping[str, tuple[str, ...]], required: tuple[str, ...]) -> Table:
    """Columns by our names; rows with too many cells become problems."""
    if not rows:
        raise UnreadableFile(_("The file is empty."))
    (_line, header), body = rows[0], rows[1:]
    names: list[str] = []
    unknown = []
    for title in header:
        plain = re.sub(r"[\s_]+", " ", title.strip().lstrip("\ufeff")).casefold()
        known = next((name for name, words in columns.items() if plain in words or plain == name), "")
        if known in names and known:
            raise UnreadableFile(
                _("Two columns mean “%(name)s”, one is “%(title)s”. Remove one of them.") % {"name": known, "title": title}
            )
        names.append(known)
        if not known and plain:
            unknown.append(title.strip())
    if "email" not in names:
        raise UnreadableFile(
            _(
                "There is no column with e-mail addresses. The first line must name the columns, one of them “e-mail”. It says: %(line)s"
            )
            % {"line": ", ".join(title.strip()[:40] for title in header[:12])}
        )
    missing = [columns[name][0] for name in required if name not in names]
    if missing:
        raise UnreadableFile(
            _("There is no column “%(name)s”. The first line must name the columns. It says: %(line)s")
            % {"name": missing[0], "line": ", ".join(title.strip()[:40] for title in header[:12])}
        )
    table = Table(pd.DataFrame())
    if unknown:
        table.warnings.append(
            _("Columns left out, because nobody knows what they mean: %(names)s") % {"names": ", ".join(unknown)}
        )
    kept: dict[int, dict[str, str]] = {}
    for line, cells in body:
        extra = [cell for cell in cells[len(names) :] if cell.strip()]
        if extra:
            table.problems.append(
                Problem(
                    line, "", extra[0][:100], _("The line has more cells than there are columns."),
                    _("Put text that holds the delimiter into quotation marks."),
                )
            )  # fmt: skip
            continue
        kept[line] = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
    frame = pd.DataFrame.from_dict(kept, orient="index", dtype=str) if kept else pd.DataFrame(columns=["email"])
    table.frame = frame.reindex(columns=list(columns), fill_value="").fillna("")
    return table


def parse_rows(table: Table) -> tuple[list[PersonRow], list[Problem]]:
    """Rows that make sense in themselves, and the others with what is wrong with them."""
    rows, problems = [], list(table.problems)
    seen: dict[str, int] = {}
    lines = [int(str(line)) for line in table.frame.index]
    for line, record in zip(lines, table.frame.to_dict(orient="records"), strict=True):
        cells = {str(name): str(value) for name, value in record.items()}
        try:
            row = _parse(line, cells)
            if row.email in seen:
                raise _Bad("email", row.email, _("The address stands on line %(line)s already.") % {"line": seen[row.email]},
                           _("Keep one line per person."))  # fmt: skip
        except _Bad as bad:
            problems.append(Problem(line, bad.field, bad.value[:200], bad.reason, bad.remedy))
            continue
        seen[row.email] = row.line
        rows.append(row)
    return rows, problems


class _Bad(Exception):
    def __init__(self, field: str, value: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.field, self.value, self.reason, self.remedy = field, value, reason, remedy


def _parse(line: int, cells: dict[str, str]) -> PersonRow:
    for name, value in cells.items():
        if len(value) > MAX_CELL:
            raise _Bad(name, value[:60], _("The cell is longer than 2000 characters."), _("Shorten it."))
    lead = cells["lead"].lower()
    return PersonRow(
        line=line,
        email=_email("email", cells["email"], required=True),
        name=_limited("name", cells["name"], 120),
        team=_team(cells["team"]),
        roles=_roles(cells["roles"]),
        lead=_email("lead", lead) if lead else "",
        starts_on=_date(cells["starts_on"]),
        time_zone=_zone(cells["time_zone"]),
        external_ids=_external_ids(cells["external_ids"]),
        locale=_limited("locale", cells["locale"].lower(), 10),
        pronouns=_limited("pronouns", cells["pronouns"], 40),
    )


def _limited(name: str, value: str, longest: int) -> str:
    if len(value) > longest:
        raise _Bad(name, value, _("Longer than %(n)s characters.") % {"n": longest}, _("Shorten it."))
    return value


def _email(name: str, value: str, *, required: bool = False) -> str:
    address = value.lower()
    if not address and required:
        raise _Bad(name, value, _("There is no e-mail address."), _("Write the person's work address."))
    try:
        validate_email(address)
    except ValidationError:
        raise _Bad(name, value, _("This is not an e-mail address."), _("Write it like name@example.com.")) from None
    return _limited(name, address, 254)


def _team(value: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in re.split(r"[/>›]", value)) if value else ()
    if any(not part for part in parts):
        raise _Bad("team", value, _("A part of the team path is empty."), _("Write it like Care / Harbour."))
    for part in parts:
        _limited("team", part, 120)
    return parts


def _roles(value: str) -> tuple[Role, ...]:
    roles = []
    for word in re.split(r"[;,/|+]", value):
        plain = " ".join(word.split()).casefold()
        if not plain:
            continue
        if plain not in ROLE_WORDS:
            raise _Bad(
                "roles", word.strip(), _("Nobody knows this role."),
                _("Use rep, lead, reviewer, editor, head or admin; several with a semicolon between them."),
            )  # fmt: skip
        roles.append(ROLE_WORDS[plain])
    return tuple(dict.fromkeys(roles))


def _date(value: str) -> date | None:
    try:
        return read_day(value)
    except ValueError as error:
        raise _Bad("starts_on", value, str(error), _("Write it as YYYY-MM-DD, for example 2026-03-31.")) from None


def read_day(value: str) -> date | None:
    """A day written as YYYY-MM-DD or DD.MM.YYYY; None for an empty cell. Raises ValueError, with the reason in words."""
    if not value:
        return None
    iso, dots = ISO_DATE.match(value), DOT_DATE.match(value)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif dots:
        day, month, year = (int(part) for part in dots.groups())
    else:
        raise ValueError(_("This date can be read in more than one way, or not at all."))
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError(_("There is no such day.")) from None
    if not 1950 <= found.year <= 2100:
        raise ValueError(_("The year is not one somebody works here in."))
    return found


def _zone(value: str) -> str:
    if value and value not in zoneinfo.available_timezones():
        raise _Bad("time_zone", value, _("There is no such time zone."), _("Use a name like Europe/Berlin or Asia/Manila."))
    return value


def _external_ids(value: str) -> tuple[tuple[str, str], ...]:
    found = []
    for part in value.split(";"):
        if not part.strip():
            continue
        source, colon, name = (piece.strip() for piece in part.partition(":"))
        if not colon or not source or not name or len(source) > 60 or len(name) > 200:
            raise _Bad(
                "external_ids", part.strip(), _("This is not “system:name”."), _("Write it like zendesk:123; phone:Martha.")
            )
        found.append((source.lower(), name))
    return tuple(dict.fromkeys(found))
