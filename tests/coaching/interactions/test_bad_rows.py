"""Rows that cannot be: each named with line, field, value, reason and remedy, while the good ones go in."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from coaching.interactions.models import Interaction
from coaching.interactions.services import ImportRefused
from tests.coaching.interactions.helpers import HEADER, MAPPING, bring, write

GOOD = "C0,rita@example.com,2026-01-02 10:00,,5,y"


def rejected(tmp_path: Path, *rows: str) -> list[dict[str, str]]:
    """Import a good row, these rows and another good row; the errors file as read back."""
    path = write(tmp_path / "a.csv", "\n".join([HEADER, GOOD, *rows, GOOD.replace("C0", "C9")]) + "\n")
    errors = tmp_path / "errors.csv"
    result = bring(path, errors_path=errors)
    assert Interaction.objects.filter(external_id__in=["C0", "C9"]).count() == 2
    assert result.read == result.created + result.updated + result.unchanged + result.rejected
    with errors.open(encoding="utf-8-sig", newline="") as stream:
        listed = list(csv.DictReader(stream))
    assert len({row["line"] for row in listed}) == result.rejected
    assert all(row["reason"] and row["remedy"] for row in listed)
    return listed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        ("C1,rita@example.com,2022-02-30,,5,y", "opened", "2022-02-30"),
        ("C1,rita@example.com,yesterday,,5,y", "opened", "yesterday"),
        ("C1,rita@example.com,0001-01-01,,5,y", "opened", "0001-01-01"),
        ("C1,rita@example.com,9999-12-31,,5,y", "opened", "9999-12-31"),
        ("C1,rita@example.com,2026-01-02 25:00,,5,y", "opened", "2026-01-02 25:00"),
        ("C1,rita@example.com,,,5,y", "opened", ""),
        (",rita@example.com,2026-01-02,,5,y", "id", ""),
        ("C1,rita@example.com,2026-01-02,,-5,y", "seconds", "'-5"),
        ("C1,rita@example.com,2026-01-02,,soon,y", "seconds", "soon"),
        ("C1,rita@example.com,2026-01-02,,=1+1,y", "seconds", "'=1+1"),
        ("C1,rita@example.com,2026-01-02,,5,maybe", "answered", "maybe"),
    ],
)
def test_values_that_cannot_be(tmp_path: Path, row, field, value):
    (problem,) = rejected(tmp_path, row)
    shown = problem["value"] if not value.startswith("'-") else f"'{problem['value']}"
    assert (problem["line"], problem["field"], shown) == ("3", field, value)
    assert not Interaction.objects.filter(external_id="C1").exists()


@pytest.mark.django_db
def test_solved_before_opened(tmp_path: Path):
    (problem,) = rejected(tmp_path, "C1,rita@example.com,2026-01-02,2026-01-01,5,y")
    assert problem["line"] == "3"
    assert "negative" in problem["reason"]


@pytest.mark.django_db
def test_an_id_that_stands_twice(tmp_path: Path, settings):
    settings.IMPORT_CHUNK_ROWS = 2
    rows = [f"C{n},rita@example.com,2026-01-02,,{n},y" for n in (1, 2, 3, 1)]
    (problem,) = rejected(tmp_path, *rows)
    assert problem["line"] == "6"
    assert Interaction.objects.get(external_id="C1").handle_seconds == 1


@pytest.mark.django_db
@pytest.mark.parametrize("row", ["C1,rita@example.com", "C1,rita@example.com,2026-01-02,,5,y,more"])
def test_too_few_or_too_many_fields(tmp_path: Path, row):
    (problem,) = rejected(tmp_path, row)
    assert problem["line"] == "3"
    assert "6" in problem["reason"]


@pytest.mark.django_db
def test_nul_bytes(tmp_path: Path):
    (problem,) = rejected(tmp_path, "C1,ri\x00ta,2026-01-02,,5,y")
    assert (problem["line"], "NUL" in problem["reason"]) == ("3", True)


@pytest.mark.django_db
def test_quotes_in_odd_places(tmp_path: Path):
    listed = rejected(
        tmp_path, '"C1"x,rita@example.com,2026-01-02,,5,y', 'C2,19" screen,2026-01-02,,5,y', '"C3,rita,2026-01-02,,5,y'
    )
    assert [problem["line"] for problem in listed] == ["3", "5"]
    assert Interaction.objects.filter(external_id="C2").exists()


@pytest.mark.django_db
def test_lines_are_counted_through_quoted_line_breaks(tmp_path: Path):
    (problem,) = rejected(tmp_path, '"C1","a\nb\nc",2026-01-02,,5,y', "", "C2,x,2026-02-30,,5,y")
    assert problem["line"] == "7"
    assert Interaction.objects.get(external_id="C1").handler.name == "a\nb\nc"


@pytest.mark.django_db
def test_an_order_nobody_can_know_is_asked_for(tmp_path: Path):
    rows = ["C1,x,03/04/2026 10:00,,5,y", "C2,x,05/06/2026 10:00,,5,y"]
    path = write(tmp_path / "a.csv", "\n".join([HEADER, *rows]))
    with pytest.raises(ImportRefused) as refusal:
        bring(path)
    text = str(refusal.value)
    assert "3 April 2026" in text
    assert "4 March 2026" in text
    assert "5 June 2026" in text
    assert "date_order" in text
    assert not Interaction.objects.exists()
    assert bring(path, MAPPING | {"date_order": "month-first"}).created == 2
    assert Interaction.objects.get(external_id="C1").opened_on.isoformat() == "2026-03-04"


@pytest.mark.django_db
@pytest.mark.parametrize(("telling", "expected"), [("25/01/2026", "2026-04-03"), ("01/25/2026", "2026-03-04")])
def test_one_value_decides_the_order_of_its_column(tmp_path: Path, settings, telling, expected):
    settings.IMPORT_CHUNK_ROWS = 2
    rows = [f"C{n},x,03/04/2026 10:00,,5,y" for n in range(7)] + [f"C8,x,{telling},,5,y"]
    result = bring(write(tmp_path / "a.csv", "\n".join([HEADER, *rows])))
    assert (result.created, result.rejected) == (8, 0)
    assert Interaction.objects.get(external_id="C0").opened_on.isoformat() == expected


@pytest.mark.django_db
def test_formula_cells_of_a_spreadsheet(tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADER.split(","))
    sheet.append(["C0", "x", "2026-01-02 10:00", None, 5, "y"])
    sheet.append(["C1", "x", "2026-01-02 10:00", None, "=2+3", "y"])
    book.save(tmp_path / "a.xlsx")
    errors = tmp_path / "errors.csv"
    result = bring(tmp_path / "a.xlsx", errors_path=errors)
    assert (result.created, result.rejected) == (1, 1)
    listed = errors.read_text(encoding="utf-8-sig")
    assert "'=2+3" in listed
    assert "formula without a stored value" in listed


@pytest.mark.django_db
def test_text_that_looks_like_a_formula_is_kept_as_text(tmp_path: Path):
    path = write(tmp_path / "a.csv", f"{HEADER}\nC1,=cmd|calc,2026-01-02,,5,y\n")
    assert bring(path).created == 1
    assert Interaction.objects.get().handler.external_key == "=cmd|calc"


@pytest.mark.django_db
def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path):
    path = write(tmp_path / "a.csv", f"{HEADER}\n{GOOD}\nC1,x,2026-02-30,,5,y\n")
    result = bring(path, dry_run=True)
    assert (result.read, result.created, result.rejected) == (2, 1, 1)
    assert not Interaction.objects.exists()
