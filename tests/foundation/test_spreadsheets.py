"""No cell we write runs as a formula, and numbers stay numbers."""

import csv
from datetime import date
from io import StringIO

import pytest

from foundation.spreadsheets import SafeWriter, safe_cell


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_text_that_would_run_gets_an_apostrophe(start):
    assert safe_cell(f"{start}SUM(A1)") == f"'{start}SUM(A1)"


@pytest.mark.parametrize("value", [-3, 0.5, True, date(2026, 6, 15), "-3", "+49", "-1.5e3", "12%", "rita@example.com"])
def test_numbers_dates_and_plain_text_pass(value):
    assert safe_cell(value) == value


def test_every_cell_of_a_written_file_is_safe():
    stream = StringIO()
    writer = SafeWriter(stream)
    writer.writerow(["=A1", None])
    writer.writerows([["@x", -3], ["plain", "a\x00b"]])
    assert list(csv.reader(StringIO(stream.getvalue()))) == [["'=A1", ""], ["'@x", "-3"], ["plain", "ab"]]
