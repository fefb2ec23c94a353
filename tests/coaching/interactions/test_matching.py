"""Who is meant: e-mail, then external id, then the exact name if only one person has it; never a guess."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from coaching.interactions import services
from coaching.interactions.models import ChangedDay, Handler, Interaction, Source
from people.models import ExternalId
from people.services import create_person
from tests.coaching.interactions.helpers import HEADER, MAPPING, NOW, bring, write


def file(tmp_path: Path, *agents: str) -> Path:
    rows = [f"C{n},{agent},2026-01-31 23:30,,5,y" for n, agent in enumerate(agents)]
    return write(tmp_path / "a.csv", "\n".join([HEADER, *rows]))


@pytest.mark.django_db
def test_order_of_matching(tmp_path: Path, cast):
    ExternalId.objects.create(person=cast.otto, source="desk", value="77")
    result = bring(file(tmp_path, "RITA@example.com", "77", "Ravi Example", "ravi example ltd", "Rita"))
    people = dict(Handler.objects.values_list("external_key", "person__email"))
    assert people == {
        "RITA@example.com": "rita@example.com",
        "77": "otto@example.com",
        "Ravi Example": "ravi@example.com",
        "ravi example ltd": None,
        "Rita": None,
    }
    assert any("2" in note or "without a person" in note for note in result.notes)


@pytest.mark.django_db
def test_a_name_two_people_share_matches_nobody(tmp_path: Path, cast):
    create_person(actor=None, email="other@example.com", display_name="Rita Example", now=NOW)
    bring(file(tmp_path, "Rita Example"))
    assert Handler.objects.get().person is None


@pytest.mark.django_db
def test_days_are_the_persons_own_and_marked(tmp_path: Path, cast):
    bring(file(tmp_path, "rita@example.com"))
    assert Interaction.objects.get().opened_on == date(2026, 2, 1)  # 00:30 in Berlin
    assert set(ChangedDay.objects.values_list("person__email", "day")) == {("rita@example.com", date(2026, 2, 1))}


@pytest.mark.django_db
def test_matching_later(tmp_path: Path, cast):
    bring(file(tmp_path, "agent-9"))
    assert Interaction.objects.get().opened_on == date(2026, 1, 31)
    assert not ChangedDay.objects.exists()
    ExternalId.objects.create(person=cast.rita, source="desk", value="agent-9")
    source = Source.objects.get(key="desk")
    services.match_handlers(actor=cast.adam, source=source, now=NOW)
    assert Handler.objects.get().person == cast.rita
    assert Interaction.objects.get().opened_on == date(2026, 2, 1)
    assert ChangedDay.objects.filter(person=cast.rita, day=date(2026, 2, 1)).exists()
    services.match_handlers(actor=cast.adam, source=source, now=NOW)
    assert Handler.objects.count() == 1


@pytest.mark.django_db
def test_a_case_that_changes_hands_marks_both(tmp_path: Path, cast):
    bring(file(tmp_path, "rita@example.com"))
    ChangedDay.objects.all().delete()
    bring(write(tmp_path / "b.csv", f"{HEADER}\nC0,otto@example.com,2026-02-03 10:00,,5,y\n"))
    assert set(ChangedDay.objects.values_list("person__email", "day")) == {
        ("rita@example.com", date(2026, 2, 1)),
        ("otto@example.com", date(2026, 2, 3)),
    }
    ChangedDay.objects.all().delete()
    bring(tmp_path / "b.csv")
    assert not ChangedDay.objects.exists()


@pytest.mark.django_db
def test_two_ids_with_one_name_match_nobody_even_in_two_files(tmp_path: Path, cast):
    mapping = MAPPING | {
        "interaction": {"columns": {"external_id": "id", "opened_at": "opened", "handler": "agent", "handler_name": "name"}}
    }
    bring(write(tmp_path / "a.csv", "id,agent,name,opened\nC1,7,Rita Example,2026-01-02 10:00\n"), mapping)
    assert Handler.objects.get(external_key="7").person == cast.rita
    bring(write(tmp_path / "b.csv", "id,agent,name,opened\nC2,8,Rita Example,2026-01-02 10:00\n"), mapping)
    assert Handler.objects.get(external_key="8").person is None


@pytest.mark.django_db
def test_somebody_known_by_an_id_is_found_when_a_later_file_tells_the_address(tmp_path: Path, cast):
    bring(file(tmp_path, "501"))
    assert Handler.objects.get().person is None
    columns = {"external_id": "id", "opened_at": "opened", "handler": "agent", "handler_name": "name", "handler_email": "mail"}
    later = write(tmp_path / "b.csv", "id,agent,name,mail,opened\nC9,501,Rita,RITA@example.com,2026-02-02 10:00\n")
    bring(later, MAPPING | {"interaction": {"columns": columns}})
    assert Handler.objects.get().person == cast.rita
    assert Interaction.objects.get(external_id="C0").opened_on == date(2026, 2, 1)
