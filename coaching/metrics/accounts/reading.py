"""Accounts from a table of any layout: which column is what, and what a cell says. Nothing is guessed that can be read two ways."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from coaching.interactions.importing.mapping import DEFAULT_MISSING, Mapping
from coaching.interactions.importing.problems import MappingError
from coaching.interactions.importing.times import NUMERIC_DATE

FIELDS = ("external_key", "name", "segment", "yearly_value", "currency", "since", "left_on")
NAMES: dict[str, tuple[str, ...]] = {
    "external_key": (
        "account id", "account key", "account number", "customer id", "customer number", "company id", "organization id",
        "organisation id", "account", "key", "id", "number",
    ),
    "name": ("account name", "name", "company", "company name", "customer", "customer name", "organization", "organisation"),
    "segment": ("segment", "tier", "plan", "industry", "size", "category"),
    "yearly_value": ("yearly value", "annual value", "arr", "acv", "annual contract value", "contract value", "value", "revenue"),
    "currency": ("currency", "currency code"),
    "since": ("customer since", "since", "start date", "start", "signed on", "joined on"),
    "left_on": ("left on", "left", "churned on", "churn date", "cancelled on", "canceled on", "ended on"),
}  # fmt: skip
LONGEST = {"external_key": 200, "name": 200, "segment": 80, "currency": 3}
TOP_KEYS = {"source", "name", "date_order", "decimal", "missing", "encoding", "delimiter", "sheet", "skip_lines", "account"}
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")
LARGEST = Decimal(10) ** 12
EARLIEST = date(1900, 1, 1)


class CellError(Exception):
    """A cell that cannot be read: the reason, and what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy


@dataclass(frozen=True)
class AccountMapping:
    """What the columns mean. `columns` maps a field to a column, `fixed` to one value for every row."""

    columns: dict[str, str]
    fixed: dict[str, str] = field(default_factory=dict)
    source: str = ""
    date_order: str = ""
    table: Mapping = field(default_factory=lambda: Mapping(source="", name="", sections={}))


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.casefold())


def guess_columns(header: Sequence[str]) -> dict[str, str]:
    """Field → column, for the columns whose names say what they are."""
    by_name = {plain(column): column for column in header}
    guessed: dict[str, str] = {}
    for name, words in NAMES.items():
        found = [
            by_name[plain(word)] for word in words if plain(word) in by_name and by_name[plain(word)] not in guessed.values()
        ]
        if found:
            guessed[name] = found[0]
    return guessed


def load_account_mapping(path: Path) -> AccountMapping:
    """From a TOML file with an [account.columns] table. Raises MappingError with the remedy."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError(_("The mapping %(path)s cannot be read: %(why)s") % {"path": path, "why": error}) from error
    return account_mapping(data)


def account_mapping(data: AnyMapping[str, Any]) -> AccountMapping:
    """A mapping from plain data."""
    columns = data.get("account", {}).get("columns") if isinstance(data.get("account"), dict) else None
    if not isinstance(columns, dict) or not columns:
        raise MappingError(_("This mapping has no [account.columns] table. Add one: external_key = “the column with the key”."))
    unknown = [name for name in columns if name not in FIELDS] + [name for name in data if name not in TOP_KEYS]
    if unknown:
        raise MappingError(
            _("The mapping names %(unknown)s. An account has: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": ", ".join(FIELDS)}
        )
    named, fixed = {}, {}
    for name, spec in columns.items():
        if isinstance(spec, str):
            named[name] = spec
        elif isinstance(spec, dict) and set(spec) == {"column"}:
            named[name] = str(spec["column"])
        elif isinstance(spec, dict) and set(spec) == {"value"}:
            fixed[name] = str(spec["value"])
        else:
            raise MappingError(_("%(name)s needs a column’s name, or { value = “…” }.") % {"name": name})
    order = str(data.get("date_order", ""))
    if order not in {"", "day-first", "month-first"}:
        raise MappingError(_("date_order is “day-first” or “month-first”."))
    table = Mapping(
        source="", name="", sections={}, missing=frozenset(map(str, data.get("missing", DEFAULT_MISSING))),
        decimal=str(data.get("decimal", ".")), encoding=str(data.get("encoding", "")), delimiter=str(data.get("delimiter", "")),
        sheet=str(data.get("sheet", "")), skip_lines=int(data.get("skip_lines", 0)),
    )  # fmt: skip
    return AccountMapping(named, fixed, str(data.get("source", "")).strip(), order, table)


def read_text(name: str, text: str) -> str:
    if len(text) > LONGEST[name]:
        raise CellError(_("Longer than %(n)s characters.") % {"n": LONGEST[name]}, _("Shorten it."))
    return text


def read_currency(text: str) -> str:
    """Three capital letters, or one of the four common signs."""
    code = SIGNS.get(text, text.upper())
    if code and not re.fullmatch(r"[A-Z]{3}", code):
        raise CellError(_("This is not a currency."), _("Write its three letters, for example EUR."))
    return code


def read_value(text: str, decimal: str) -> tuple[Decimal, str]:
    """An amount in any usual writing and the currency written beside it: "€ 12.000,50", "USD 12,000", "12 000".

    One separator alone with three digits behind it separates thousands, unless the mapping says it is the decimal sign.
    """
    found = re.search(r"[€$£¥]|\b[A-Za-z]{3}\b", text)
    currency = read_currency(found[0]) if found else ""
    digits = re.sub(r"[\s\u00a0\u202f'’]", "", text.replace(found[0], "", 1) if found else text)
    last_dot, last_comma = digits.rfind("."), digits.rfind(",")
    if last_dot >= 0 and last_comma >= 0:
        decimal = "." if last_dot > last_comma else ","
    elif last_comma >= 0 and not re.fullmatch(r"-?\d{1,3}(,\d{3})+", digits):
        decimal = ","
    elif last_dot >= 0 and not re.fullmatch(r"-?\d{1,3}(\.\d{3})+", digits):
        decimal = "."
    thousands = "," if decimal == "." else "."
    number = digits.replace(thousands, "").replace(",", ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", number, re.ASCII):
        raise CellError(_("This is not an amount."), _("Write it like 12000.50, without a word."))
    try:
        value = Decimal(number).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise CellError(_("The amount is too large."), _("Correct it.")) from error
    if value < 0 or value >= LARGEST:
        raise CellError(_("A yearly value lies between 0 and a million million."), _("Correct it, or leave it empty."))
    return value, currency


def read_day(text: str, order: str, now: datetime) -> date:
    """A calendar day; a time behind it is left out. `order` is what the whole column decided."""
    iso, numeric = ISO.match(text), NUMERIC_DATE.match(text)
    remedy = _("Write it as YYYY-MM-DD, for example 2026-03-31.")
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif numeric:
        one, two = int(numeric[1]), int(numeric[3])
        month, day = (one, two) if order == "month-first" else (two, one)
        year = int(numeric[4]) if len(numeric[4]) == 4 else 2000 + int(numeric[4])
    else:
        raise CellError(_("This is not a date."), remedy)
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise CellError(_("There is no such day."), remedy) from error
    if not EARLIEST <= found <= (now + timedelta(days=3660)).date():
        raise CellError(_("No customer came or left then."), remedy)
    return found
