"""The three real files come in with the mappings of the guide, and a second time changes nothing."""

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.db.models import Avg, Sum

from coaching.interactions.models import ChangedDay, Handler, Interaction, Message, SurveyResponse

MAPPINGS = Path(__file__).resolve().parents[3] / "docs" / "guides" / "mappings"


def run(command: str, path: Path, mapping: str, *options: str) -> dict[str, int]:
    out = StringIO()
    call_command(
        command,
        str(path),
        "--format",
        "generic",
        "--mapping",
        str(MAPPINGS / mapping),
        "--json",
        *options,
        stdout=out,
        stderr=StringIO(),
    )
    return json.loads(out.getvalue().splitlines()[-1])


@pytest.mark.django_db
def test_threads(shared_data):
    path = shared_data / "helpdesk_threads" / "utterances.csv.gz"
    first = run("import_messages", path, "helpdesk_threads.toml")
    assert (first["read"], first["created"], first["rejected"]) == (16_883, 4_144, 0)
    assert Interaction.objects.count() == 180
    assert Message.objects.count() == 4_144
    assert Message.objects.filter(is_private=True).count() == 1_092
    again = run("import_messages", path, "helpdesk_threads.toml")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 4_144)


@pytest.mark.django_db
def test_threads_as_cases(shared_data):
    path = shared_data / "helpdesk_threads" / "utterances.csv.gz"
    assert run("import_interactions", path, "helpdesk_threads.toml")["created"] == 180
    again = run("import_interactions", path, "helpdesk_threads.toml")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 180)
    assert run("import_messages", path, "helpdesk_threads.toml")["created"] == 4_144
    assert Interaction.objects.count() == 180


@pytest.mark.django_db
def test_events(shared_data):
    path = shared_data / "helpdesk_events" / "events.csv.gz"
    first = run("import_interactions", path, "helpdesk_events.toml")
    assert (first["read"], first["created"], first["rejected"]) == (21_348, 4_580, 0)
    assert Handler.objects.count() == 22
    assert Interaction.objects.filter(reopens__gt=0).count() == 386
    assert Interaction.objects.aggregate(n=Sum("reopens"))["n"] == 414
    spans = [last - first for first, last in Interaction.objects.values_list("opened_at", "last_event_at")]
    days = np.array([span.total_seconds() for span in spans]) / 86_400
    assert np.median(days) == pytest.approx(39.86, abs=0.005)
    assert np.quantile(days, 0.9) == pytest.approx(53.01, abs=0.005)
    again = run("import_interactions", path, "helpdesk_events.toml")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 4_580)


@pytest.mark.django_db
def test_calls(shared_data):
    path = shared_data / "call_centre" / "calls.xlsx"
    cases = run("import_interactions", path, "call_centre.toml")
    assert (cases["read"], cases["created"], cases["rejected"]) == (5_000, 5_000, 0)
    surveys = run("import_surveys", path, "call_centre.toml")
    assert (surveys["read"], surveys["created"], surveys["rejected"]) == (5_000, 4_054, 0)
    assert Interaction.objects.filter(answered=True).count() == 4_054
    assert Interaction.objects.filter(status="resolved").count() == 3_646
    assert SurveyResponse.objects.count() == 4_054
    mean = SurveyResponse.objects.aggregate(mean=Avg("raw_value"))["mean"]
    assert float(mean) == pytest.approx(3.4036, abs=0.00005)
    for name, expected in (("Martha", 3.471), ("Dan", 3.447), ("Joe", 3.331)):
        rated = SurveyResponse.objects.filter(handler__name=name)
        assert float(rated.aggregate(mean=Avg("raw_value"))["mean"]) == pytest.approx(expected, abs=0.0005)
    assert SurveyResponse.objects.exclude(interaction=None).count() == 4_054
    assert Interaction.objects.exclude(handle_seconds=None).count() == 4_054
    for command in ("import_interactions", "import_surveys"):
        again = run(command, path, "call_centre.toml")
        assert (again["created"], again["updated"]) == (0, 0)
    assert not ChangedDay.objects.exists()  # nobody is matched, so nobody's figures change
