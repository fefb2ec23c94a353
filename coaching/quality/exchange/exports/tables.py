"""The tables of an export: one definition for the file, the page that describes it and the documentation.

Another part adds its table where it is loaded anyway, with a few lines:

    register(Table(
        "plans", _("Sampling plans"), _("One row for each plan."),
        source=lambda scope: Plan.objects.filter(…),        # only what scope.person may read
        columns=(Column("id", _("Number of the plan"), lambda plan: plan.pk), …),
        subject=lambda plan: plan.person_id,                # whom a row is about, if anybody
    ))

Keys of tables and columns are part of the file's format: they stay as they are. A value may be text, a number, a day, a
moment, yes or no, a list of texts, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from people.models import Person

FORMAT, VERSION = "uncommon-quality", 1


@dataclass(frozen=True)
class Scope:
    """What is asked for: by whom, as of which day, of which days (first and last included), about whom (None: everybody readable)."""

    person: Person
    on: date
    since: date
    until: date
    people: QuerySet[Person] | None = None


@dataclass(frozen=True)
class Column:
    """One column; `meaning` says what stands in it, with its unit."""

    key: str
    meaning: str | Promise
    value: Callable[[Any], object]


@dataclass(frozen=True)
class Table:
    """One table. `source` gives what the asking person may read of it, `subject` whom a row is about."""

    key: str
    title: str | Promise
    meaning: str | Promise
    source: Callable[[Scope], QuerySet[Any]]
    columns: tuple[Column, ...]
    subject: Callable[[Any], int | None] = lambda row: None


_tables: dict[str, Table] = {}


def register(table: Table) -> Table:
    """Add a table. Raises ValueError where the key is taken or a column stands twice."""
    keys = [column.key for column in table.columns]
    if table.key in _tables or len(set(keys)) != len(keys):
        raise ValueError(f"the table {table.key} is there already, or names a column twice")
    _tables[table.key] = table
    return table


def all_tables() -> list[Table]:
    """In the order in which they were registered."""
    return list(_tables.values())


def tables_of(keys: list[str]) -> list[Table]:
    """Those of these keys, in the order of the registry."""
    return [table for table in all_tables() if table.key in keys]
