"""Exports as they really arrive: the same rows or a named problem, never an exception, never half a row."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from coaching.interactions.models import Interaction, Message, SurveyResponse
from coaching.interactions.services import ImportRefused
from tests.coaching.interactions.formats.checks import bring_format, differences, know_agents, stored
from tests.coaching.interactions.formats.exports import Export, table_text, write_xlsx
from tests.coaching.interactions.formats.mangling import FEWER, OBJECTS, OTHER, SAME, TABLES
from tests.coaching.interactions.formats.more_exports import EXPORTS, name_of

CASES = [
    pytest.param(export, mangle, id=f"{name_of(export)}-{mangle}")
    for export in EXPORTS
    for mangle in ([] if export.xlsx else OBJECTS if export.objects else TABLES)
]


def clean_rows(export: Export, tmp_path: Path) -> dict[Any, dict[str, Any]]:
    """What the export leaves as it is documented; the database is empty again afterwards."""
    bring_format(export.write(tmp_path / "clean"), export.kind, timezone=export.zone)
    rows = stored(export.kind)
    SurveyResponse.objects.all().delete()
    Message.objects.all().delete()
    Interaction.objects.all().delete()
    return rows


def judge(export: Export, path: Path, clean: dict[Any, dict[str, Any]], outcome: str) -> None:
    """Import it twice and compare with the clean rows. A refusal must name what is wrong and leave nothing."""
    options = {"timezone": export.zone, "errors_path": path.with_suffix(".errors.csv")}
    if outcome == OTHER:
        with contextlib.suppress(ImportRefused):
            bring_format(path, export.kind, format=export.system, **options)
        assert set(stored(export.kind)) <= set(clean)
        return
    result = bring_format(path, export.kind, format=export.system, **options)
    found = stored(export.kind)
    # Columns that nobody mapped may be more or fewer; a message that is missing moves the number of the next ones, and an
    # event that is missing leaves its case as the others tell it.
    left_out = {"extra"} if outcome == SAME else {"extra", "position"}
    comparable = {key: {name: cell for name, cell in row.items() if name not in left_out} for key, row in clean.items()}
    if outcome == FEWER:
        assert result.rejected, result
        assert set(found) <= set(clean)
        grouped = export.key in {"servicenow.incidents", "intercom.message_csv"}
        comparable = {key: {} if grouped else row for key, row in comparable.items() if key in found}
    assert differences(found, comparable) == []
    for problem in result.samples:
        assert problem.line > 0
        assert problem.reason
        assert problem.remedy
    again = bring_format(path, export.kind, format=export.system, **options)
    assert (again.created, again.updated) == (0, 0)
    assert again.rejected == result.rejected


def test_a_required_column_that_is_missing_is_named(db, tmp_path: Path):
    for export in EXPORTS:
        place = export.header.index(export.id_column) if export.header and not export.translated and not export.xlsx else -1
        if place < 0 or export.key in {"intercom.message_csv", "chatwoot.csat_csv"}:
            continue
        header, rows = [name for name in export.header if name != export.id_column], export.rows
        path = tmp_path / "without.csv"
        path.write_text(table_text(header, [row[:place] + row[place + 1 :] for row in rows]), encoding="utf-8")
        with pytest.raises(ImportRefused, match=export.id_column):
            bring_format(path, export.kind, format=export.system, timezone=export.zone)
        assert stored(export.kind) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(("export", "mangle"), CASES)
def test_mangled(cast, tmp_path: Path, export: Export, mangle: str):
    know_agents(cast)
    make, outcome = (OBJECTS if export.objects else TABLES)[mangle]
    content = make(export)
    if content is None:
        return
    clean = clean_rows(export, tmp_path)
    path = tmp_path / "mangled.export"
    path.write_bytes(content)
    judge(export, path, clean, outcome)


SHEETS = {
    "as text, in capitals": lambda e: ([name.upper() for name in e.header], e.rows, e.above, e.last),
    "shuffled": lambda e: (e.header[::-1], [row[::-1] for row in e.rows], e.above, ""),
    "unknown column": lambda e: ([*e.header, "Moon"], [[*row, "full"] for row in e.rows], e.above, e.last),
    "no lines above": lambda e: (e.header, e.rows, (), e.last),
    "more lines above": lambda e: (e.header, e.rows, ("Report", "for", "January"), e.last),
    "empty rows": lambda e: (e.header, [[], e.rows[0], [], [], *e.rows[1:]], e.above, e.last),
}


@pytest.mark.django_db
@pytest.mark.parametrize("mangle", SHEETS)
@pytest.mark.parametrize("export", [export for export in EXPORTS if export.xlsx], ids=name_of)
def test_mangled_sheets(cast, tmp_path: Path, export: Export, mangle: str):
    clean = clean_rows(export, tmp_path)
    header, rows, above, last = SHEETS[mangle](export)
    if export.last and mangle == "shuffled":
        export.zone = "Europe/London"
    judge(export, write_xlsx(tmp_path / "mangled.xlsx", header, rows, above, last), clean, SAME)


WRONG: list[Any] = [
    None,
    "",
    "?",
    "nonsense",
    -1,
    0,
    1.5,
    10**400,
    True,
    [],
    {},
    [{}],
    [{"id": 1, "value": [1]}],
    {"a": {"b": "c"}},
    "\ud800",
    "a\x00b",
]


@pytest.mark.django_db
@pytest.mark.parametrize("export", [export for export in EXPORTS if export.objects], ids=name_of)
def test_any_field_may_hold_anything(cast, tmp_path: Path, export: Export):
    """Each field of an object replaced by what no API sends: every row is read or named, and a second import changes nothing."""
    first = export.objects[0]
    objects = [{**first, key: wrong} for key in first for wrong in WRONG]
    objects += [{key: value for key, value in first.items() if key != left_out} for left_out in first]
    path = tmp_path / "fuzz.ndjson"
    text = "".join(json.dumps(item) + "\n" for item in [*export.objects, *objects])
    path.write_text(text, encoding="utf-8")
    one = bring_format(path, export.kind, format=export.system)
    two = bring_format(path, export.kind, format=export.system)
    assert one.created >= len(export.expected)
    assert (two.created, two.updated, two.rejected) == (0, 0, one.rejected)
