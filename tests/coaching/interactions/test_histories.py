"""Random histories in random, overlapping, shuffled files end like a dictionary."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from coaching.interactions.models import Interaction
from tests.coaching.interactions.helpers import HEADER, bring, write

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
case = st.tuples(
    st.integers(0, 8),  # which case
    st.sampled_from(["ann", "ben", ""]),
    st.integers(0, 10_000),  # opened, minutes
    st.one_of(st.none(), st.integers(0, 5_000)),  # solved after, minutes
    st.one_of(st.none(), st.integers(0, 900)),
    st.sampled_from(["y", "n", ""]),
)
files = st.lists(st.lists(case, min_size=1, max_size=8, unique_by=lambda row: row[0]), min_size=1, max_size=5)


def line(row: tuple) -> str:
    number, agent, opened, solved, seconds, answered = row
    at = BEGIN + timedelta(minutes=opened)
    end = "" if solved is None else (at + timedelta(minutes=solved)).isoformat(" ")
    return f"C{number},{agent},{at.isoformat(' ')},{end},{'' if seconds is None else seconds},{answered}"


def expected(row: tuple) -> tuple:
    _number, agent, opened, solved, seconds, answered = row
    at = BEGIN + timedelta(minutes=opened)
    return (
        agent or None,
        at,
        None if solved is None else at + timedelta(minutes=solved),
        "open" if solved is None else "resolved",
        seconds,
        {"y": True, "n": False, "": None}[answered],
        at.date(),
    )


class HistoriesTest(TestCase):
    @given(files)
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_a_dictionary_says_the_same(self, histories):
        model: dict[str, tuple] = {}
        with tempfile.TemporaryDirectory() as folder:
            for number, rows in enumerate(histories):
                before = dict(model)
                path = write(Path(folder) / f"{number}.csv", "\n".join([HEADER, *map(line, rows)]) + "\n")
                result = bring(path)
                model.update({f"C{row[0]}": expected(row) for row in rows})
                new = sum(f"C{row[0]}" not in before for row in rows)
                changed = sum(f"C{row[0]}" in before and before[f"C{row[0]}"] != expected(row) for row in rows)
                assert (result.read, result.created, result.updated, result.rejected) == (len(rows), new, changed, 0)
                assert result.unchanged == len(rows) - new - changed
                again = bring(path)
                assert (again.created, again.updated, again.unchanged) == (0, 0, len(rows))
        names = ("handler__external_key", "opened_at", "resolved_at", "status", "handle_seconds", "answered", "opened_on")
        stored = {row[0]: row[1:] for row in Interaction.objects.values_list("external_id", *names)}
        assert stored == model
