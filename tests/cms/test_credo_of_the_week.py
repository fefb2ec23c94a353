"""The credo of the week: the same for everybody, each in its turn, no jump at New Year."""

from datetime import date, timedelta

from cms.models import Credo
from cms.queries import credo_of_the_week


def _credos(count: int) -> list[Credo]:
    return [Credo.objects.create(sentence=f"Sentence {n}", explanation="…", sort_order=n) for n in range(count)]


def test_none_without_credos(db):
    assert credo_of_the_week(date(2026, 6, 15)) is None


def test_same_from_monday_to_sunday_and_another_on_monday(db):
    _credos(5)
    monday = date(2026, 6, 15)
    week = {credo_of_the_week(monday + timedelta(days=day)) for day in range(7)}
    assert len(week) == 1
    assert credo_of_the_week(monday + timedelta(days=7)) not in week


def test_all_in_turn_across_new_year_of_a_53_week_year(db):
    credos = _credos(5)
    shown = [credo_of_the_week(date(2026, 11, 30) + timedelta(weeks=week)) for week in range(10)]
    assert shown[:5] == shown[5:]
    assert set(shown) == set(credos)
    start = credos.index(shown[0])
    assert shown[:5] == credos[start:] + credos[:start]


def test_drafts_do_not_take_a_turn(db):
    _first, second = _credos(2)
    second.live = False
    second.save()
    assert {credo_of_the_week(date(2026, 1, 1) + timedelta(weeks=week)) for week in range(4)} == {_first}
