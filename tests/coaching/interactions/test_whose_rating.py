"""A rating belongs to who had the case when it was given: in whatever order the files come, however often."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from django.db import connection, connections

from coaching.interactions import services
from coaching.interactions.importing.cases import InteractionWriter
from coaching.interactions.importing.waiting import waiting_ratings
from coaching.interactions.models import ChangedDay, Handler, Interaction, Source, SurveyResponse
from people.models import ExternalId
from tests.coaching.interactions.helpers import HEADER, NOW, bring, dump, write

BARE = {
    "source": "desk",
    "timezone": "UTC",
    "survey": {"columns": {"external_id": "id", "case": "case", "value": "stars", "responded_at": "at"}},
}
NAMING = {
    "source": "desk",
    "timezone": "UTC",
    "survey": {"columns": {**BARE["survey"]["columns"], "handler": "agent"}},
}
RATED_ON = date(2026, 2, 11)  # half past eleven at night in UTC, half past midnight in Berlin
RITA, OTTO = "rita@example.com", "otto@example.com"


def case(tmp_path: Path, agent: str, *, key: str = "C1") -> Path:
    return write(tmp_path / f"case-{key}-{agent}.csv", f"{HEADER}\n{key},{agent},2026-02-01 08:00,,5,y\n")


def ratings(tmp_path: Path, *rows: str, header: str = "id,case,stars,at") -> Path:
    return write(tmp_path / "ratings.csv", "\n".join([header, *rows]) + "\n")


def rating(tmp_path: Path, *, key: str = "C1") -> Path:
    return ratings(tmp_path, f"S1,{key},5,2026-02-10 23:30")


def whose() -> str | None:
    return SurveyResponse.objects.values_list("handler__external_key", flat=True).get()


def marks() -> set[tuple[str, date]]:
    """The rating's days that wait to be counted, by person."""
    return set(ChangedDay.objects.filter(day__gte=date(2026, 2, 10)).values_list("person__email", "day"))


@pytest.mark.django_db
def test_a_rating_stays_when_its_case_changes_hands(tmp_path: Path, cast):
    bring(case(tmp_path, RITA))
    bring(rating(tmp_path), BARE, "surveys")
    assert (whose(), marks()) == (RITA, {(RITA, RATED_ON)})
    bring(case(tmp_path, OTTO))
    ChangedDay.objects.all().delete()
    again = bring(rating(tmp_path), BARE, "surveys")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert whose() == RITA
    assert not ChangedDay.objects.exists()


@pytest.mark.django_db
def test_a_case_that_comes_later_credits_the_waiting_rating(tmp_path: Path, cast):
    told = bring(rating(tmp_path), BARE, "surveys")
    assert any("once it is" in note for note in told.notes)
    assert (whose(), marks()) == (None, set())
    bring(case(tmp_path, RITA))
    stored = SurveyResponse.objects.get()
    assert (whose(), stored.interaction, stored.responded_on) == (RITA, Interaction.objects.get(), RATED_ON)
    assert marks() == {(RITA, RATED_ON)}
    ChangedDay.objects.all().delete()
    before = dump()
    bring(case(tmp_path, RITA))
    bring(rating(tmp_path), BARE, "surveys")
    assert dump() == before
    bring(case(tmp_path, OTTO))
    assert whose() == RITA


@pytest.mark.django_db
def test_a_case_nobody_had_yet_credits_its_first_handler(tmp_path: Path, cast):
    bring(case(tmp_path, ""))
    bring(rating(tmp_path), BARE, "surveys")
    assert (whose(), SurveyResponse.objects.get().interaction) == (None, Interaction.objects.get())
    bring(case(tmp_path, RITA))
    assert (whose(), marks()) == (RITA, {(RITA, RATED_ON)})


@pytest.mark.django_db
def test_a_case_opened_by_its_messages_credits_too(tmp_path: Path, cast):
    bring(rating(tmp_path), BARE, "surveys")
    columns = {"case": "id", "external_id": "n", "sent_at": "at", "author": "who", "author_kind": "role", "body": "text"}
    text = f"id,n,at,who,role,text\nC1,1,2026-02-01 08:00,{RITA},agent,Good morning\n"
    bring(write(tmp_path / "m.csv", text), {"source": "desk", "timezone": "UTC", "message": {"columns": columns}}, "messages")
    assert (whose(), marks()) == (RITA, {(RITA, RATED_ON)})


@pytest.mark.django_db
def test_a_rating_that_names_its_handler_keeps_them_and_gets_its_case(tmp_path: Path, cast):
    bring(ratings(tmp_path, f"S1,C1,5,2026-02-10 23:30,{OTTO}", header="id,case,stars,at,agent"), NAMING, "surveys")
    bring(case(tmp_path, RITA))
    assert (whose(), SurveyResponse.objects.get().interaction) == (OTTO, Interaction.objects.get())
    assert marks() == {(OTTO, RATED_ON)}
    assert not waiting_ratings(Source.objects.get()).exists()
    bring(rating(tmp_path), BARE, "surveys")
    assert whose() == OTTO


@pytest.mark.django_db
def test_a_row_that_names_another_handler_or_case_moves_it_and_marks_both(tmp_path: Path, cast):
    bring(case(tmp_path, RITA))
    bring(case(tmp_path, OTTO, key="C2"))
    bring(rating(tmp_path), BARE, "surveys")
    ChangedDay.objects.all().delete()
    bring(rating(tmp_path, key="C2"), BARE, "surveys")
    assert (whose(), marks()) == (OTTO, {(RITA, RATED_ON), (OTTO, RATED_ON)})
    bring(ratings(tmp_path, f"S1,C2,5,2026-02-10 23:30,{RITA}", header="id,case,stars,at,agent"), NAMING, "surveys")
    assert whose() == RITA
    bring(rating(tmp_path, key="not here"), BARE, "surveys")
    assert (whose(), SurveyResponse.objects.get().interaction) == (None, None)
    bring(rating(tmp_path, key=""), BARE, "surveys")
    assert SurveyResponse.objects.get().case_key == "not here"


@pytest.mark.django_db
@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_the_order_of_the_files_does_not_matter(tmp_path: Path, cast, order):
    """Two cases in two files, five ratings: imported in any order, twice, they end alike."""
    rows = [f"S{n},C{1 + n % 2},{n + 1},2026-02-10 23:30" for n in range(5)]
    files = [
        (case(tmp_path, RITA), None, "interactions"),
        (case(tmp_path, OTTO, key="C2"), None, "interactions"),
        (ratings(tmp_path, *rows), BARE, "surveys"),
    ]
    for number in (*order, *order):
        path, mapping, kind = files[number]
        bring(path, kind=kind, **({"mapping": mapping} if mapping else {}))
    found = SurveyResponse.objects.order_by("external_id").values_list("handler__external_key", "interaction__external_id")
    assert list(found) == [(RITA, "C1"), (OTTO, "C2"), (RITA, "C1"), (OTTO, "C2"), (RITA, "C1")]
    assert marks() == {(RITA, RATED_ON), (OTTO, RATED_ON)}


@pytest.mark.django_db
def test_waiting_ratings_are_found_by_their_index(cast):
    source = Source.objects.create(key="desk", name="Desk")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    for wanted in (waiting_ratings(source), waiting_ratings(source).filter(case_key__in=["a", "b"])):
        assert "survey_waiting" in wanted.order_by().explain()


# --- Matching beside an import --------------------------------------------------------------------

TWO_CASES = "\n".join([HEADER, "C1,agent-9,2026-01-31 23:30,,5,y", "C2,agent-9,2026-01-31 23:30,,5,y"])
IN_BERLIN = [date(2026, 2, 1), date(2026, 2, 1)]


def days() -> list[date]:
    return list(Interaction.objects.order_by("external_id").values_list("opened_on", flat=True))


@pytest.mark.django_db
def test_the_chunk_after_a_match_knows_it(tmp_path: Path, cast, monkeypatch, settings):
    settings.IMPORT_CHUNK_ROWS = 1
    ExternalId.objects.create(person=cast.rita, source="other", value="agent-9")
    store, matched = InteractionWriter.write, []

    def store_then_match(self, batch, **options):
        counts = store(self, batch, **options)
        if not matched:
            ExternalId.objects.create(person=cast.rita, source="desk", value="agent-9")
            matched.append(services.match_handlers(actor=cast.adam, source=self.source, now=NOW))
        return counts

    monkeypatch.setattr(InteractionWriter, "write", store_then_match)
    result = bring(write(tmp_path / "a.csv", TWO_CASES))
    assert matched == [1]
    assert days() == IN_BERLIN
    assert not any("without a person" in note for note in result.notes)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time there anyway; runs on PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_matching_waits_for_the_chunk_that_is_being_written(tmp_path: Path, cast, monkeypatch):
    bring(case(tmp_path, "agent-9", key="C0"))
    ExternalId.objects.create(person=cast.rita, source="desk", value="agent-9")
    source, store, begun, ended = Source.objects.get(), InteractionWriter.write, threading.Event(), threading.Event()

    def store_slowly(self, batch, **options):
        counts = store(self, batch, **options)
        begun.set()
        ended.wait(timeout=1.5)  # matching comes through meanwhile, or is held up
        return counts

    def match():
        try:
            assert begun.wait(timeout=20)
            services.match_handlers(actor=cast.adam, source=source, now=NOW)
            ended.set()
        finally:
            connections.close_all()

    monkeypatch.setattr(InteractionWriter, "write", store_slowly)
    with ThreadPoolExecutor(max_workers=1) as thread:
        matching = thread.submit(match)
        bring(write(tmp_path / "a.csv", TWO_CASES))
        matching.result(timeout=20)
    assert Handler.objects.get().person == cast.rita
    assert (
        Interaction.objects.filter(external_id__in=["C1", "C2"]).values_list("opened_on", flat=True).distinct().get()
        == IN_BERLIN[0]
    )
