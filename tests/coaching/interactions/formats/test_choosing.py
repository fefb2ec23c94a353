"""Which format is chosen, and what is said where none fits."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from coaching.interactions.importing.formats import recognise
from coaching.interactions.models import Interaction, Source, SurveyResponse
from coaching.interactions.services import ImportRefused
from tests.coaching.interactions.formats.checks import bring_format
from tests.coaching.interactions.formats.exports import freshdesk_csv, zendesk_csv, zendesk_ratings
from tests.coaching.interactions.formats.more_exports import EXPORTS, calls_xlsx, name_of, servicenow_csv
from tests.coaching.interactions.helpers import MAPPING, bring, write

AVERAGES = """Reporting period 2026-01-01 to 2026-01-31

Agent name,Assigned conversations,Avg first response time,Avg resolution time
Rita Example,12,10 minutes,2 hours
"""


def test_each_export_is_taken_for_no_other(tmp_path: Path):
    for export in EXPORTS:
        known = recognise(export.write(tmp_path / name_of(export)), export.kind)
        assert known is not None, name_of(export)
        assert (known.variant.key, known.variant.system) == (export.key, export.system)


def test_a_file_of_ones_own_is_taken_for_none(tmp_path: Path):
    path = write(tmp_path / "a.csv", "Ticket ID,Agent,Created at,Solved at,Status\n7,r@example.com,2026-05-04 09:00,,open\n")
    assert recognise(path, "interactions") is None
    with pytest.raises(ImportRefused, match="--mapping"):
        bring_format(path, "interactions")
    with pytest.raises(ImportRefused, match=r"zammad|mapping"):
        bring_format(path, "interactions", format="zammad")


@pytest.mark.parametrize("text", [AVERAGES, AVERAGES.replace("Reporting period", "Berichtszeitraum").replace(" to ", " bis ")])
def test_a_report_of_averages_is_refused_and_said_why(db, tmp_path: Path, text):
    with pytest.raises(ImportRefused, match=r"averages.*CSAT"):
        bring_format(write(tmp_path / "agents.csv", text), "interactions")
    assert not Source.objects.exists()


def test_the_wrong_command_is_told_the_right_one(db, tmp_path: Path):
    path = zendesk_ratings().write(tmp_path / "a")
    with pytest.raises(ImportRefused, match="import_surveys"):
        bring_format(path, "interactions")


@pytest.mark.django_db
def test_a_mapping_of_ones_own_wins(tmp_path: Path):
    path = zendesk_csv("interactions").write(tmp_path / "a")
    mapping = {"source": "mine", "timezone": "UTC", "interaction": {"columns": {"external_id": "Id", "opened_at": "Created at"}}}
    bring(path, mapping)
    assert Source.objects.get().key == "mine"


@pytest.mark.django_db
def test_another_key_for_a_second_desk(tmp_path: Path):
    path = freshdesk_csv("interactions").write(tmp_path / "a")
    bring_format(path, "interactions", source="desk-north")
    source = Source.objects.get()
    assert (source.key, source.system) == ("desk-north", "freshdesk")


@pytest.mark.django_db
def test_a_source_that_was_unknown_becomes_known(tmp_path: Path):
    bring(write(tmp_path / "a.csv", "id,agent,opened,solved,seconds,answered\nC1,r,2026-01-02 10:00,,5,y\n"), MAPPING)
    assert Source.objects.get().system == "generic"
    bring_format(freshdesk_csv("interactions").write(tmp_path / "b"), "interactions", source="desk")
    assert Source.objects.get().system == "freshdesk"


@pytest.mark.django_db
def test_dates_that_may_be_read_two_ways_are_asked_for(tmp_path: Path):
    export = servicenow_csv()
    for row in export.table:
        row |= {"opened_at": "2/3/2024 01:16", "sys_updated_at": "3/4/2024 01:16", "resolved_at": "?"}
    path = export.write(tmp_path / "a")
    with pytest.raises(ImportRefused, match=r"two ways.*date_order"):
        bring_format(path, "interactions")
    assert not Interaction.objects.exists()
    call_command(
        "import_interactions", str(path), "--date-order", "day-first", "--timezone", "UTC", stdout=StringIO(), stderr=StringIO()
    )
    assert Interaction.objects.get(external_id="INC02").opened_at.month == 3


@pytest.mark.django_db
def test_one_date_that_decides_does_so_for_all_columns_of_the_export(tmp_path: Path):
    export = servicenow_csv()
    for row in export.table:
        row |= {"opened_at": "2/3/2024 01:16", "resolved_at": "?"}  # the other column has a 29th
        row["sys_updated_at"] = row["sys_updated_at"].replace("29/2/2024", "29/3/2024").replace("5/3/2024", "5/4/2024")
    bring_format(export.write(tmp_path / "a"), "interactions", timezone="UTC")
    assert Interaction.objects.get(external_id="INC01").opened_at.day == 2


def by_command(command: str, path: Path, *options: str) -> dict[str, int]:
    out = StringIO()
    call_command(command, str(path), "--json", *options, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue().splitlines()[-1])


@pytest.mark.django_db
def test_the_command_recognises_by_itself(tmp_path: Path):
    path = calls_xlsx("interactions").write(tmp_path / "calls")
    assert by_command("import_interactions", path)["created"] == 2
    assert by_command("import_surveys", path, "--format", "generic")["created"] == 1
    with pytest.raises(CommandError, match="known"):
        call_command("import_interactions", str(path), "--format", "zendesk")


@pytest.mark.django_db
def test_real_calls_need_no_mapping(shared_data):
    path = shared_data / "call_centre" / "calls.xlsx"
    cases = by_command("import_interactions", path)
    assert (cases["read"], cases["created"], cases["rejected"]) == (5_000, 5_000, 0)
    assert by_command("import_surveys", path)["created"] == 4_054
    assert Interaction.objects.filter(answered=True).count() == 4_054
    assert Interaction.objects.filter(status="resolved").count() == 3_646
    assert SurveyResponse.objects.filter(handler__name="Martha").exists()


@pytest.mark.django_db
def test_real_events_need_no_mapping(shared_data):
    path = shared_data / "helpdesk_events" / "events.csv.gz"
    assert by_command("import_interactions", path)["created"] == 4_580
    assert Interaction.objects.filter(reopens__gt=0).count() == 386


@pytest.mark.parametrize("order", ["given", "backwards", "as PostgreSQL keeps it"])
def test_columns_made_of_made_columns_whatever_their_order(db, tmp_path: Path, order: str):
    """A mapping that was saved comes back with its keys in another order."""
    derive = {"agent": ["name before brackets", "who"], "answer": ["joined", "agent", "agent e-mail"]}
    derive["agent e-mail"] = ["email in brackets", "who"]
    names = {"given": list(derive), "backwards": list(derive)[::-1], "as PostgreSQL keeps it": sorted(derive, key=len)}[order]
    mapping = {
        "source": "desk",
        "timezone": "UTC",
        "derive": {name: derive[name] for name in names},
        "interaction": {"columns": {"external_id": "answer", "opened_at": "opened"}},
    }
    path = write(tmp_path / "a.csv", "who,opened\nRita Example (rita@example.com),2026-05-04 09:00\n")
    assert bring(path, mapping).created == 1
    key = Interaction.objects.get().external_id
    assert "Rita Example" in key
    assert "rita@example.com" in key
