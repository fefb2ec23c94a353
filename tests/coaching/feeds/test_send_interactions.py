"""POST /api/v1/interactions: stored like an import, one answer for every row."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching.feeds.intake import MAX_ROWS
from coaching.feeds.models import DayTally
from coaching.feeds.rows import ROW_MODELS
from coaching.interactions.importing.mapping import FIELDS
from coaching.interactions.models import ChangedDay, Interaction, Source
from coaching.metrics.models import Rollup
from coaching.metrics.services import ensure_default_metrics
from people.models import AuditEntry
from tests.coaching.feeds.conftest import case


def outcomes(response):
    return [row["outcome"] for row in response.json()["rows"]]


def test_a_case_is_stored_and_counts_for_whoever_handled_it(caller, cast, now):
    ensure_default_metrics(now=now)
    row = case("4711", resolved_at="2026-06-10T11:30:00+02:00", handler_email="rita@example.com", channel="email", topic="Delivery",
               status="solved", reopens=1, is_complaint=False, handle_seconds=90, extra={"plan": "gold", "seats": 3})  # fmt: skip
    response = caller.post("interactions", {"source": "zendesk", "rows": [row]})
    assert response.status_code == 200, response.content
    assert response.json()["created"] == 1
    stored = Interaction.objects.get(source__key="zendesk", external_id="4711")
    assert stored.handler.person == cast.rita
    assert (stored.status, stored.channel, stored.topic, stored.reopens, stored.handle_seconds) == (
        "resolved",
        "email",
        "Delivery",
        1,
        90,
    )
    assert stored.resolved_at.isoformat() == "2026-06-10T09:30:00+00:00"
    assert stored.is_complaint is False
    assert stored.extra == {"plan": "gold", "seats": 3}
    # The task has run: the day is counted and no mark is left.
    assert not ChangedDay.objects.exists()
    assert Rollup.objects.filter(person=cast.rita, day="2026-06-10").exists()


def test_sending_it_again_changes_nothing_and_sending_it_changed_changes_what_changed(caller):
    batch = {"source": "zendesk", "rows": [case("1", topic="Delivery", priority="high"), case("2")]}
    assert outcomes(caller.post("interactions", batch)) == ["created", "created"]
    assert outcomes(caller.post("interactions", batch)) == ["unchanged", "unchanged"]
    batch["rows"][0]["topic"] = "Refund"
    assert outcomes(caller.post("interactions", batch)) == ["updated", "unchanged"]
    assert Interaction.objects.get(external_id="1").topic == "Refund"


def test_a_field_left_out_stays_and_null_empties_it(caller):
    caller.post(
        "interactions", {"source": "zendesk", "rows": [case("1", topic="Delivery", queue="A"), case("2", topic="Refund")]}
    )
    response = caller.post(
        "interactions", {"source": "zendesk", "rows": [case("1", queue="B"), case("2", topic=None, queue="C")]}
    )
    assert outcomes(response) == ["updated", "updated"]
    rows = {row.external_id: (row.topic, row.queue) for row in Interaction.objects.all()}
    assert rows == {"1": ("Delivery", "B"), "2": ("", "C")}


def test_a_case_reopened_loses_its_resolution(caller):
    caller.post("interactions", {"source": "zendesk", "rows": [case("1", resolved_at="2026-06-10T10:00:00Z", status="resolved")]})
    caller.post("interactions", {"source": "zendesk", "rows": [case("1", status="open")]})
    stored = Interaction.objects.get()
    assert (stored.status, stored.resolved_at, stored.resolved_on) == ("open", None, None)


def test_bad_rows_are_named_and_the_good_ones_beside_them_are_stored(caller):
    rows = [
        case("good"),
        "no object",
        {"external_id": "no-time"},
        case("bad-time", resolved_at="10.06.2026"),
        case("no-offset", resolved_at="2026-06-10T09:00:00"),
        case("before", resolved_at="2026-06-10T07:00:00Z"),
        case("channel", channel="carrier pigeon"),
        case("number", reopens=-1),
        case("type", reopens="two"),
        case("unknown", colour="red"),
        case("nul", topic="a\x00b"),
        case("good"),
        case("x" * 201),
        case("  "),
        case("extra", extra={"a": {"b": 1}}),
        case("long", queue="q" * 121),
        case("also good"),
    ]
    response = caller.post("interactions", {"source": "zendesk", "rows": rows})
    assert response.status_code == 207
    told = response.json()
    assert outcomes(response) == ["created"] + ["rejected"] * 15 + ["created"]
    assert (told["created"], told["rejected"]) == (2, 15)
    assert [row["field"] for row in told["rows"][1:16]] == [
        None, "opened_at", "resolved_at", "resolved_at", "resolved_at", "channel", "reopens", "reopens", "colour", "topic", "external_id",
        "external_id", "external_id", "extra", "queue",
    ]  # fmt: skip
    assert all(row["reason"] and row["remedy"] for row in told["rows"] if row["outcome"] == "rejected")
    assert sorted(Interaction.objects.values_list("external_id", flat=True)) == ["also good", "good"]


def test_half_a_character_is_refused_as_text_and_as_a_name(caller):
    response = caller.post(
        "interactions",
        '{"source": "zendesk", "rows": [{"external_id": "\\ud800", "opened_at": "2026-06-10T08:00:00Z"}, {"\\ud800": 1}]}',
    )
    assert response.status_code == 207
    assert outcomes(response) == ["rejected", "rejected"]


def test_the_rows_know_no_field_that_the_importer_does_not(caller):
    for kind, shape in (("interactions", "case"), ("messages", "message"), ("surveys", "survey")):
        assert set(ROW_MODELS[kind].model_fields) - {"extra"} <= set(FIELDS[shape])


@pytest.mark.parametrize(
    "body",
    [
        {"source": "zendesk", "rows": []},
        {"source": "zendesk", "rows": [{}] * (MAX_ROWS + 1)},
        {"source": "zen desk", "rows": [{}]},
        {"source": "zendesk\n", "rows": [{}]},
        {"source": "", "rows": [{}]},
        {"rows": [{}]},
        {"source": "zendesk"},
        {"source": "zendesk", "rows": {}},
        {"source": "zendesk", "rows": [case()], "more": 1},
        [],
        7,
    ],
)
def test_what_is_no_batch_is_refused_whole(caller, body):
    response = caller.post("interactions", body)
    assert response.status_code == 422
    assert response.json()["detail"]
    assert not Source.objects.exists()


@pytest.mark.parametrize("body", ["", "{", "\xff\xfe", '{"source": ' + "[" * 100_000, '{"rows": ' + "9" * 5000 + "}"])
def test_what_is_no_json_is_refused(caller, body):
    response = caller.post("interactions", body)
    assert response.status_code in {400, 422}
    assert response["Content-Type"] == "application/json"


def test_a_body_above_ten_megabytes_is_refused(caller):
    response = caller.post("interactions", b" " * (10 * 1024 * 1024 + 1))
    assert response.status_code == 413
    assert "fewer rows" in response.json()["detail"]


def test_rows_with_many_different_sets_of_fields_are_refused(caller):
    names = ["topic", "queue", "priority", "customer", "account", "subject"]
    rows = [case(str(n), **{name: "x" for bit, name in enumerate(names) if n >> bit & 1}) for n in range(64)]
    response = caller.post("interactions", {"source": "zendesk", "rows": rows})
    assert response.status_code == 422
    assert "same fields" in response.json()["detail"]
    assert not Interaction.objects.exists()


def test_what_a_token_brought_is_tallied_and_on_record_once_a_day(caller):
    for n in range(3):
        caller.post("interactions", {"source": "zendesk", "rows": [case(str(n)), case("bad", reopens=-1)]})
    tally = DayTally.objects.get()
    assert (tally.calls, tally.created, tally.rejected) == (3, 3, 3)
    entry = AuditEntry.objects.get(verb="feed.receive")
    assert entry.after == {"kind": "interactions", "token": caller.token.pk}
    assert entry.actor == caller.token.owner


def test_a_thousand_rows_take_as_many_queries_as_twenty(caller):
    """Most of them count the one changed day, whoever sends and however much."""
    taken = {}
    for how_many in (1, 20, MAX_ROWS):
        rows = [
            case(f"{how_many}-{n}", handler_email="rita@example.com", status="resolved", resolved_at="2026-06-10T10:00:00Z")
            for n in range(how_many)
        ]
        with CaptureQueriesContext(connection) as queries:
            response = caller.post("interactions", {"source": "zendesk", "rows": rows})
        assert response.json()["created"] == how_many
        taken[how_many] = len(queries)
    assert taken[MAX_ROWS] == taken[20] <= 90
