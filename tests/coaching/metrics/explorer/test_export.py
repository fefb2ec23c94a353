"""An answer as a file: numbers stay numbers, text stays text, the definition comes along, and it is on record."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest

from coaching.metrics import services
from coaching.metrics.explorer import exports
from coaching.metrics.explorer import services as explorer_services
from people.models import AuditEntry, Person
from tests.coaching.metrics.explorer.conftest import MONDAY
from tests.factories import interactions as make

URL = "/metrics/explore/export/"
PAYLOADS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0", "＝1+1", " =2"]


@pytest.fixture
def export(floor, sign_in):
    def read(who, query="", kind="xlsx"):
        response = sign_in(getattr(floor, who)).post(URL + query, {"format": kind})
        assert response.status_code == 200, response.status_code
        return response

    return read


def sheets(response):
    return openpyxl.load_workbook(io.BytesIO(response.content))


def test_xlsx_has_numbers_and_definitions(export):
    response = export("lena", "?by=person&metric=csat&against=previous&mix=on")
    book = sheets(response)
    assert book.sheetnames == ["Figures", "Definitions"]
    rows = list(book["Figures"].iter_rows(values_only=True))
    head = dict(zip(rows[0], range(30), strict=False))
    rita = next(row for row in rows if row[0] == "Rita Example" and row[head["Period"]] == "whole time")
    assert (rita[head["Numerator"]], rita[head["n"]], rita[head["Value"]]) == (40, 80, 0.5)
    assert 0.39 < rita[head["Interval from"]] < 0.5 < rita[head["Interval to"]] < 0.61
    assert rita[head["Value with everybody’s mix"]] > 0.5
    assert rita[head["Note"]] in ("", None)
    weeks = [row for row in rows if row[0] == "Rita Example" and row[head["Period"]] == "Week"]
    assert sum(row[head["n"]] for row in weeks) == 80
    words = {row[0]: row[1] for row in book["Definitions"].iter_rows(values_only=True)}
    assert words["Metric"] == "Satisfied customers"
    assert "share who were satisfied" in words["Formula"]
    assert "attachment" in response["Content-Disposition"]


def test_csv_reads_back(export):
    text = export("hana", "?by=topic&metric=volume", "csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["Topic"] for row in rows} == {"Delivery", "Refund", "Everybody together"}
    assert sum(int(row["n"]) for row in rows if row["Period"] == "whole time" and row["Topic"] != "Everybody together") == 240
    assert rows[0]["Version of the definition"] == "1"


def test_too_few_cases_are_told_in_the_file(export):
    text = export("hana", "?by=topic&metric=csat&topic=Refund&first=2026-05-04&last=2026-05-10&segment=Business", "csv")
    assert "not enough data" in text.content.decode()


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_a_formula(floor, export, now, payload, kind):
    make.interaction(floor.otto, MONDAY, topic=payload)
    Person.objects.filter(pk=floor.otto.pk).update(display_name=payload)
    services.recount_changed_days(now)
    for query in ("?by=topic&metric=volume", "?by=person&metric=volume"):
        response = export("hana", query, kind)
        if kind == "csv":
            cells = [cell for row in csv.reader(io.StringIO(response.content.decode("utf-8-sig"))) for cell in row]
            assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r＝")]
        else:
            with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
                xml = "".join(archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/"))
            assert "<f" not in xml.replace("<fo", "")
            assert "Figures" in sheets(response).sheetnames


def test_the_formula_check_can_fail(monkeypatch, export, floor, now):
    """The planted fault: cells written as they come."""
    monkeypatch.setattr(exports, "_cell", lambda sheet, value: str(value))
    make.interaction(floor.otto, MONDAY, topic="=1+1")
    services.recount_changed_days(now)
    with zipfile.ZipFile(io.BytesIO(export("hana", "?by=topic&metric=volume").content)) as archive:
        xml = "".join(archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/"))
    assert "<f" in xml.replace("<fo", "")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("query", ["?by=person&metric=volume", "?by=topic&metric=volume", "?by=team&metric=csat"])
def test_nothing_of_other_teams_leaves(floor, export, now, kind, query):
    make.interaction(floor.otto, MONDAY, topic="canary-topic")
    Person.objects.filter(pk=floor.otto.pk).update(display_name="canary-otto")
    type(floor.meadow).objects.filter(pk=floor.meadow.pk).update(name="canary-meadow")
    services.recount_changed_days(now)

    def text(who):
        response = export(who, query, kind)
        if kind == "csv":
            return response.content.decode()
        rows = [row for sheet in sheets(response) for row in sheet.iter_rows(values_only=True)]
        return "\n".join(str(cell) for row in rows for cell in row)

    assert "canary" in text("hana")  # the check can fail
    assert "canary" not in text("lena")


def test_a_rep_takes_their_own_along(export):
    text = export("rita", "?by=topic&metric=volume", "csv").content.decode()
    assert "All my cases" in text
    assert ",80,80," in text


def test_exports_are_on_record(export, floor):
    export("lena", "?by=person&metric=csat")
    entry = AuditEntry.objects.get(verb="metric.export")
    assert (entry.actor, entry.target_name) == (floor.lena, "Satisfied customers")
    assert entry.after["by"] == "person"
    assert entry.after["rows"] == 27
    assert entry.after["kind"] == "xlsx"


def test_reading_an_address_exports_nothing(floor, sign_in):
    assert sign_in(floor.lena).get(URL).status_code == 405
    assert sign_in(floor.vera).post(URL).status_code == 403
    assert not AuditEntry.objects.filter(verb="metric.export").exists()


def test_too_much_or_a_wrong_question_leaves_no_file(floor, sign_in, monkeypatch):
    client = sign_in(floor.lena)
    assert "Nothing was exported" in client.post(URL + "?by=nonsense", {"format": "csv"}, follow=True).content.decode()
    monkeypatch.setattr(explorer_services, "MOST_ROWS", 5)
    assert "5 at most" in client.post(URL, {"format": "csv"}, follow=True).content.decode()
    assert not AuditEntry.objects.filter(verb="metric.export").exists()
