"""What leads read: closed months of at least five people, never one person, not even by taking one figure from another."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from learning.practice.models import ClosedMonth, PracticeAnswer, PracticeCard, PracticeChoice, TeamMonth
from people.models import AuditEntry, Membership, Role
from people.services import create_person, create_team, join_team
from tests.factories.learning import make_module, question
from tests.factories.practice import answer, make_standard, teach

DAY = timedelta(days=1)
JUNE, JULY, AUGUST = (datetime(2026, month, 10, 9, tzinfo=UTC) for month in (6, 7, 8))


@pytest.fixture
def need():
    return make_standard()


@pytest.fixture
def module(now, need):
    return teach(make_module(now, quiz=[question(f"Q{n}", [("yes", True), ("no", False)]) for n in range(1, 9)]), need)


def card(person, module, number=1, at=JUNE):
    fields = {"module": module, "due_on": at.date(), "made_at": at}
    return PracticeCard.objects.get_or_create(person=person, question=f"{module.pk}:Q{number}", defaults=fields)[0]


def rep(name, team, now):
    person = create_person(
        actor=None, email=f"{name}@example.com", display_name=f"{name} Example", roles=[Role.REP], time_zone="UTC", now=now
    )
    join_team(actor=None, person=person, team=team, kind=Membership.Kind.MEMBER, starts_on=date(2026, 1, 1), now=now)
    return person


@pytest.fixture
def crew(cast, now):
    """Harbour has five reps."""
    return [cast.rita, cast.ravi, *(rep(name, cast.harbour, now) for name in ("Ada", "Ben", "Cem"))]


def close(at):
    call_command("run_schedule", as_of=at, only="close_practice_months")


def page_of(sign_in, person, at=JULY, **query):
    with time_machine.travel(at, tick=False):
        return sign_in(person).get(reverse("practice_team"), query).content.decode()


def test_five_people_make_a_figure_with_n_and_range(cast, sign_in, crew, module):
    for number, person in enumerate(crew):
        answer(card(person, module), JUNE, right=number > 0)
    assert "No month is over yet" in page_of(sign_in, cast.lena)
    close(datetime(2026, 7, 1, 12, tzinfo=UTC))
    assert not ClosedMonth.objects.exists(), "somewhere it is still June"
    close(datetime(2026, 7, 3, tzinfo=UTC))
    for person in (cast.lena, cast.rita, cast.hana):
        page = page_of(sign_in, person)
        assert "80 %" in page
        assert "38 % and 96 %" in page
        assert '<td class="num">5</td>' in page
    assert "Ada" not in page_of(sign_in, cast.lena)
    assert "80 %" not in page_of(sign_in, cast.lars), "another team's lead"


def test_four_people_are_too_few(cast, sign_in, crew, module):
    for person in crew[:4]:
        answer(card(person, module), JUNE)
    close(JULY)
    page = page_of(sign_in, cast.lena)
    assert "too few people to show" in page
    assert "%" not in page.partition("Name the need")[2].partition("</table>")[0]
    atom = TeamMonth.objects.get()
    assert (atom.people, atom.answered, atom.right) == (0, 0, 0), "not even stored"


def test_nobody_speaks_for_five(cast, sign_in, crew, module):
    """Five people answered, but most of the answers are Rita's."""
    for number in range(1, 6):
        answer(card(cast.rita, module, number), JUNE + number * DAY, right=False)
    for person in crew[1:]:
        answer(card(person, module), JUNE)
    close(JULY)
    assert "too few people to show" in page_of(sign_in, cast.lena)


def test_no_figure_less_another_is_one_person(cast, now, sign_in, crew, module):
    """A small team beside a large one: the sum of both holds the large one only, so taking it away leaves nothing."""
    pier = create_team(actor=None, name="Pier", parent=cast.harbour, now=now)
    for person in crew:
        answer(card(person, module), JUNE)
    answer(card(rep("Solo", pier, now), module), JUNE, right=False)
    close(JULY)
    whole = page_of(sign_in, cast.lena)
    assert "100 %" in whole
    assert '<td class="num">5</td>' in whole
    assert "too few people to show" in page_of(sign_in, cast.lena, team=pier.pk)
    assert '<td class="num">5</td>' in page_of(sign_in, cast.hana)
    assert '<td class="num">5</td>' in page_of(sign_in, cast.lena, team=987654), "no such team for them: as if not chosen"


def test_nor_is_one_standard_less_another(cast, now, sign_in, crew, module, need):
    """Every question on "Other" is one on the need too, but one that only Rita met."""
    other = make_standard("other", "Other")
    alone = teach(make_module(now, "Alone", quiz=[question("Q1", [("yes", True), ("no", False)])]), other)
    teach(module, need, other)
    for person in crew:
        answer(card(person, module), JUNE)
    answer(card(cast.rita, alone), JUNE, right=False)
    close(JULY)
    page = page_of(sign_in, cast.lena)
    assert page.count('<td class="num">5</td>') == 2, "Rita's own answer is in no sum"
    assert "83 %" not in page


def test_a_closed_month_never_changes(cast, now, sign_in, crew, module):
    """Not by erasing, leaving, or closing again: the difference would be that person's answers."""
    for person in crew:
        answer(card(person, module), JUNE)
    close(JULY)
    before = list(TeamMonth.objects.values())
    with time_machine.travel(JULY, tick=False):
        sign_in(crew[2]).post(reverse("practice_erase"))
    join_team(actor=None, person=crew[3], team=cast.meadow, kind="member", starts_on=date(2026, 6, 20), now=JULY)
    close(JULY + DAY)
    close(JULY + 2 * DAY)
    assert list(TeamMonth.objects.values()) == before
    assert ClosedMonth.objects.count() == 1
    answer(card(cast.rita, module, 2, JULY), JULY)
    close(datetime(2026, 9, 5, tzinfo=UTC))
    assert [str(month) for month in ClosedMonth.objects.all()] == ["2026-08", "2026-07", "2026-06"]
    assert "July 2026" in page_of(sign_in, cast.lena, AUGUST, month=ClosedMonth.objects.get(first_day=date(2026, 7, 1)).pk)


def test_answers_count_for_the_team_of_their_day(cast, now, sign_in, crew, module):
    for person in crew:
        answer(card(person, module), JUNE)
    join_team(actor=None, person=cast.ravi, team=cast.meadow, kind="member", starts_on=date(2026, 6, 20), now=now)
    close(JULY)
    assert TeamMonth.objects.get().team == cast.harbour


def test_who_shares_is_seen_by_the_lead_until_they_take_it_back(cast, now, sign_in, crew, module):
    own = reverse("practice_person", args=[cast.rita.pk])
    with time_machine.travel(JUNE, tick=False):
        rita = sign_in(cast.rita)
        answer(card(cast.rita, module, 1), JUNE, right=False)
        assert sign_in(cast.lena).get(own).status_code == 404
        assert "Nothing: you do not share." in rita.get(own).content.decode()
        page = rita.post(reverse("practice_share"), {"shares": "yes"}, follow=True).content.decode()
        assert "From your next answer on" in page
        answer(card(cast.rita, module, 2), JUNE)
        assert "Rita Example" in page_of(sign_in, cast.lena, JUNE)
        seen = sign_in(cast.lena).get(own).content.decode()
        assert "100 %" in seen
        assert '<td class="num">1</td>' in seen, "what came before sharing is not in it"
        assert "Q2" not in seen
        assert AuditEntry.objects.filter(verb="read.practice", actor=cast.lena, subject=cast.rita).count() == 1
        for other in (cast.lars, cast.ravi, cast.vera, cast.adam):
            assert sign_in(other).get(own).status_code == 404
        rita.post(reverse("practice_share"), {"shares": "no"})
        assert sign_in(cast.lena).get(own).status_code == 404
        assert "Rita Example" not in page_of(sign_in, cast.lena, JUNE)


def test_sharing_shows_nobody_else(cast, now, sign_in, crew, module):
    """Four of five share: were theirs in the sum, what is left would be Cem's."""
    for person in crew[:4]:
        PracticeChoice.objects.create(person=person, shares=True, changed_at=now)
    for person in crew:
        answer(card(person, module), JUNE, right=person != crew[4])
    close(JULY)
    page = page_of(sign_in, cast.lena)
    assert "too few people to show" in page
    assert PracticeAnswer.objects.filter(shared=True).count() == 4


def test_pages_of_a_team_cost_few_queries(cast, sign_in, crew, module, django_assert_max_num_queries):
    for person in crew:
        answer(card(person, module), JUNE)
    close(JULY)
    client = sign_in(cast.hana)
    with time_machine.travel(JULY, tick=False), django_assert_max_num_queries(18):
        client.get(reverse("practice_team"))
