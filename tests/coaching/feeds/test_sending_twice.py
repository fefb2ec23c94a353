"""Whatever batches are sent, in whatever order and however often: what is stored equals a dict that was told the same (R-02)."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coaching.feeds.intake import receive
from coaching.interactions.models import Interaction, Source

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
TOPICS = st.sampled_from(["", "Delivery", "Refund", "🙂", "a\tb\\n"])
ROW = st.fixed_dictionaries(
    {
        "external_id": st.sampled_from("abcdef"),
        "opened_at": st.sampled_from(["2026-06-10T08:00:00Z", "2026-06-11T08:00:00+02:00"]),
    },
    optional={
        "topic": TOPICS | st.none(),
        "queue": TOPICS | st.none(),
        "reopens": st.integers(0, 3) | st.none(),
        "answered": st.booleans() | st.none(),
        "extra": st.none() | st.dictionaries(st.sampled_from("xy"), st.integers(0, 2) | st.text("äb", max_size=2), max_size=2),
        "handler": st.sampled_from(["", "h1", "h2"]) | st.none(),
    },
)
EMPTY = {"topic": "", "queue": "", "reopens": 0, "answered": None, "extra": None, "handler": ""}


def told(known, row):
    """What the dict holds after a row, and what came of it."""
    before = known.get(row["external_id"])
    after = {**EMPTY, **(before or {})}
    for name, value in row.items():
        if name != "external_id":
            after[name] = (
                datetime.fromisoformat(value).astimezone(UTC) if name == "opened_at" else EMPTY[name] if value is None else value
            )
    known[row["external_id"]] = after
    return "created" if before is None else "unchanged" if before == after else "updated"


def stored(source_key):
    rows = Interaction.objects.filter(source__key=source_key).select_related("handler")
    return {
        row.external_id: {
            "opened_at": row.opened_at,
            "handler": row.handler.external_key if row.handler else "",
            **{name: getattr(row, name) for name in EMPTY if name != "handler"},
        }
        for row in rows
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(ROW, min_size=1, max_size=8), min_size=1, max_size=5))
def test_the_tables_hold_what_a_dict_would(db, batches):
    Interaction.objects.all().delete()
    known: dict = {}
    for batch in batches:
        used: set[str] = set()
        expected = []
        for row in batch:
            if row["external_id"] in used:
                expected.append("rejected")
            else:
                used.add(row["external_id"])
                expected.append(told(known, row))
        results = receive(kind="interactions", source_key="desk", rows=batch, now=NOW).results
        assert [result.outcome for result in results] == expected
        again = receive(kind="interactions", source_key="desk", rows=batch, now=NOW).results
        assert {result.outcome for result in again} <= {"unchanged", "rejected"}
    assert stored("desk") == known
    assert Source.objects.filter(key="desk").count() == 1
