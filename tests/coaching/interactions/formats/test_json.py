"""JSON is read as a stream, object by object; what is damaged is named and costs nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from coaching.interactions.importing.flattening import flatten, plain_text
from coaching.interactions.models import Interaction
from coaching.interactions.services import ImportRefused
from tests.coaching.interactions.formats.checks import bring_format
from tests.coaching.interactions.formats.exports import freshdesk_tickets, zendesk_tickets
from tests.coaching.interactions.helpers import bring, write

GENERIC = {
    "source": "desk",
    "timezone": "UTC",
    "interaction": {"columns": {"external_id": "id", "opened_at": "times.opened", "handler": "who.0.email", "topic": "tags"}},
}


def test_flattening():
    record = {
        "a": {"b": {"c": 1}},
        "tags": ["x", "y"],
        "fields": [{"id": 7, "value": ["p", None]}],
        "who": [{"id": 1}, {"id": 2}],
    }
    assert flatten(record) == {"a.b.c": "1", "tags": "x, y", "fields.7": "p, ", "who.0.id": "1"}
    assert flatten({"a": None, "b": True, "c": {}, "d": [], "e": "x\x00\ud800"}) == {
        "a": "",
        "b": "true",
        "c": "",
        "d": "",
        "e": "x?",
    }


def test_html_becomes_what_is_read():
    assert plain_text("<p>One &amp; <b>two</b></p><script>bad()</script><ul><li>three</li></ul>four<br>five") == (
        "One & two\nthree\nfour\nfive"
    )
    assert plain_text("a < b") == "a < b"


@pytest.mark.django_db
def test_a_mapping_of_ones_own_reads_json_too(tmp_path: Path):
    lines = [
        {"id": 1, "times": {"opened": "2026-01-06T09:00:00Z"}, "who": [{"email": "a@example.com"}], "tags": ["lid", "k"]},
        {"id": 2, "times": {"opened": "2026-01-06T10:00:00+01:00"}, "who": [{"email": "b@example.com"}], "tags": []},
    ]
    result = bring(write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, lines))), GENERIC)
    assert (result.read, result.created, result.rejected) == (2, 2, 0)
    assert Interaction.objects.get(external_id="1").topic == "lid, k"
    assert Interaction.objects.get(external_id="2").opened_at.hour == 9
    assert Interaction.objects.get(external_id="1").extra is None  # kept only where the mapping says so


@pytest.mark.django_db
def test_keep_extra_in_a_mapping_of_ones_own(tmp_path: Path):
    text = 'id,opened,mood,size\nC1,2026-01-06 09:00,fine \\ "well",\nC2,2026-01-06 09:00,,3\nC3,2026-01-06 09:00,,\n'
    mapping = {"source": "desk", "timezone": "UTC", "keep_extra": True, "ignore": ["Size"]} | {
        "interaction": {"columns": {"external_id": "id", "opened_at": "opened"}}
    }
    bring(write(tmp_path / "a.csv", text), mapping)
    kept = dict(Interaction.objects.values_list("external_id", "extra"))
    assert kept == {"C1": {"mood": 'fine \\ "well"'}, "C2": {}, "C3": {}}
    again = bring(tmp_path / "a.csv", mapping)
    assert (again.created, again.updated) == (0, 0)
    changed = bring(write(tmp_path / "b.csv", text.replace("fine", "grim")), mapping)
    assert changed.updated == 1
    assert bring(tmp_path / "b.csv", mapping | {"keep_extra": False}).updated == 0  # what is not read stays


@pytest.mark.django_db
def test_bad_lines_are_named_by_their_number(tmp_path: Path):
    good = [json.dumps(item) for item in freshdesk_tickets().objects]
    path = write(tmp_path / "a.ndjson", "\n".join([good[0], '{"id": 5, "sub', "", "17", good[1]]) + "\n")
    result = bring_format(path, "interactions")
    assert (result.read, result.created, result.rejected) == (4, 2, 2)
    assert [problem.line for problem in result.samples] == [2, 4]
    assert "whole JSON object" in result.samples[0].reason


@pytest.mark.django_db
def test_a_document_cut_off_keeps_what_is_whole_and_says_where(tmp_path: Path):
    text = json.dumps({"tickets": freshdesk_tickets().objects}, indent=1)
    result = bring_format(write(tmp_path / "a.json", text[: len(text) - 300]), "interactions")
    assert result.created == 2
    assert result.rejected == 1
    assert "breaks off" in result.samples[0].reason


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["{", "[", '{"id": 1', "[{]", '[{"id": 1}, nonsense', "{}", "[]", "{}\n{}\n", '{"tickets": []}'])
def test_what_holds_nothing_is_refused_or_empty(tmp_path: Path, text):
    with pytest.raises(ImportRefused, match=r"."):
        bring_format(write(tmp_path / "a.json", text), "interactions", format="zendesk")
    assert not Interaction.objects.exists()


@pytest.mark.django_db
def test_a_field_that_only_late_objects_have_is_read(tmp_path: Path):
    early = zendesk_tickets().objects[3]
    without = {key: value for key, value in early.items() if key != "metric_set"}
    objects = [{**without, "id": number} for number in range(1001, 2200)] + [zendesk_tickets().objects[0]]
    path = write(tmp_path / "a.ndjson", "\n".join(map(json.dumps, objects)))
    assert bring_format(path, "interactions").created == 1200
    assert Interaction.objects.get(external_id="201").reopens == 1


@pytest.mark.django_db
def test_what_a_file_does_not_tell_stays_known(tmp_path: Path):
    whole = zendesk_tickets().objects[0]
    bring_format(write(tmp_path / "a.ndjson", json.dumps(whole) + "\n" + json.dumps(whole | {"id": 7})), "interactions")
    poorer = {key: value for key, value in whole.items() if key != "metric_set"}
    result = bring_format(
        write(tmp_path / "b.ndjson", json.dumps(poorer) + "\n" + json.dumps(poorer | {"id": 7})), "interactions"
    )
    case = Interaction.objects.get(external_id="201")
    assert (case.reopens, case.replies) == (1, 3)
    assert case.resolved_at is not None
    assert result.created == 0


# The peak of this process alone: `ru_maxrss` would begin at that of the test run it was started from.
READ = """
import os, sys; os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
import django; django.setup()
from pathlib import Path
from coaching.interactions.importing.json_rows import JsonRows
from coaching.interactions.importing.sniffing import sniff
def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])
rows = JsonRows(sniff(Path(sys.argv[1])))
before = peak()
print(sum(len(raw.lines) for raw in rows.chunks(["id", "status"], 5000)))
print((peak() - before) // 1024)
"""


@pytest.mark.parametrize("one_line", [True, False])
def test_memory_stays_flat(tmp_path: Path, one_line):
    path = tmp_path / "large.json"
    record = json.dumps(zendesk_tickets().objects[0] | {"description": "x" * 3_000})
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"tickets": [' if one_line else "")
        stream.write((", " if one_line else "\n").join([record] * 15_000))
        stream.write('], "count": 15000}' if one_line else "\n")
    assert path.stat().st_size > 60_000_000
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True, timeout=300)
    count, grown = done.stdout.split()[-2:]
    assert int(count) == 15_000
    assert int(grown) < 40
