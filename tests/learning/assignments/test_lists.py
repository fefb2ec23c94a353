"""Home, catalogue and the lead's list: found by search and filter, in order, and cheap however long they are."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cms.models import Standard
from learning.assignments import queries
from learning.modules.queries import standards_taught
from learning.modules.services import publish_module
from people import services as people_services
from people.models import Role
from tests.factories.learning import build_module, give, learn_all, make_module


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_catalogue_search_and_filter(cast, now, sign_in):
    own = Standard.objects.create(key="own-the-mistake", title="Own the mistake", behaviour="…")
    module = build_module("Honesty")
    module.standards.set([own])
    publish_module(actor=None, module=module, now=now)
    make_module(now, "Greeting", summary="Say hello.")
    give(cast.rita, module, now)
    rita = sign_in(cast.rita)
    everything = text(rita.get(reverse("learn_catalogue")))
    assert "Honesty" in everything
    assert "Greeting" in everything
    assert "Not started" in everything
    for query, found, hidden in (
        ("?q=hello", "Greeting", "Honesty"),
        ("?q=mistake own", "Honesty", "Greeting"),
        ("?standard=own-the-mistake", "Honesty", "Greeting"),
    ):
        page = text(rita.get(reverse("learn_catalogue") + query)).split("<main")[1]
        assert f">{found}</a>" in page, query
        assert f">{hidden}</a>" not in page, query
    assert "No module fits" in text(rita.get(reverse("learn_catalogue") + "?q=zzz"))
    assert "Honesty" in text(rita.get(reverse("learn_catalogue") + "?standard=nonsense&page=nonsense"))


def test_a_standard_that_is_not_published_shows_nowhere(cast, now, sign_in):
    draft = Standard.objects.create(key="secret-plan", title="Secret plan", behaviour="Nobody may know yet.", live=False)
    known = Standard.objects.create(key="own-the-mistake", title="Own the mistake", behaviour="Say what we did wrong.")
    module = build_module("Honesty")
    module.standards.set([draft, known])
    publish_module(actor=None, module=module, now=now)
    rita = sign_in(cast.rita)
    for address in (reverse("learn_catalogue"), reverse("module_detail", args=[module.pk])):
        page = text(rita.get(address))
        assert "Own the mistake" in page
        assert "Secret plan" not in page
        assert "Nobody may know yet" not in page
        assert "secret-plan" not in page
    assert ">Honesty</a>" not in text(rita.get(reverse("learn_catalogue") + "?q=secret")).split("<main")[1]
    assert list(standards_taught(cast.rita)) == [known]


def test_home_puts_the_most_urgent_first(cast, now, sign_in):
    late, soon, never = (make_module(now, title) for title in ("Late", "Soon", "Never due"))
    give(cast.rita, never, now)
    give(cast.rita, soon, now, due_on=date(2099, 1, 1))
    give(cast.rita, late, now, due_on=date(2020, 1, 1))
    page = text(sign_in(cast.rita).get(reverse("learn_home")))
    assert page.index(">Late</a>") < page.index(">Soon</a>") < page.index(">Never due</a>")
    assert "Overdue since 1 January" in page
    assert "1 overdue" in page


def test_home_stays_cheap(cast, now, sign_in, django_assert_max_num_queries):
    rita = sign_in(cast.rita)
    for number in range(12):
        assignment = give(cast.rita, make_module(now, f"Module {number}"), now, actor=cast.lena)
        if number % 2:
            learn_all(rita, assignment)
        elif number % 4:
            rita.post(reverse("start_attempt", args=[assignment.pk]))
    with django_assert_max_num_queries(16):
        rita.get(reverse("learn_home"))
    with django_assert_max_num_queries(16):
        rita.get(reverse("learn_catalogue"))


@pytest.fixture
def busy_team(cast, now):
    modules = [make_module(now, title) for title in ("Listening", "Honesty")]
    for number in range(30):
        person = people_services.create_person(
            actor=None, email=f"rep{number}@example.com", display_name=f"Rep {number:02}", roles=[Role.REP], now=now
        )
        people_services.join_team(actor=None, person=person, team=cast.harbour, starts_on=date(2025, 1, 1), now=now)
        give(person, modules[number % 2], now, due_on=date(2020, 1, 1) if number == 29 else date(2099, 1, 1))
    give(cast.otto, modules[0], now)
    give(cast.lena, modules[0], now)
    return modules


def test_a_leads_list(cast, sign_in, busy_team, django_assert_max_num_queries):
    lena = sign_in(cast.lena)
    lena.get(reverse("learn_team"))  # the first page of a sign-in also writes the session
    with django_assert_max_num_queries(12):
        first = text(lena.get(reverse("learn_team")))
    assert "30 assignments" in first
    body = first.split("<tbody>")[1]
    assert "Rep 29" in body.split("</tr>")[0], "what is overdue comes first"
    assert "Otto" not in first
    assert "Lena Example" not in body
    assert "Rep 2" in text(lena.get(reverse("learn_team") + "?page=2"))
    found = text(lena.get(reverse("learn_team") + "?q=Rep 07"))
    assert "1 assignment<" in found.replace("\n", "")
    assert "1 assignment<" in text(lena.get(reverse("learn_team") + "?state=overdue"))
    assert "15 assignments" in text(lena.get(reverse("learn_team") + f"?module={busy_team[1].pk}"))
    assert "Nothing fits this filter" in text(lena.get(reverse("learn_team") + "?state=completed"))
    assert "31 assignments" not in text(lena.get(reverse("learn_team") + f"?person={cast.otto.pk}"))


def test_counts_for_boards(cast, now, django_assert_num_queries):
    give(cast.rita, make_module(now, "A"), now, due_on=now.date() - timedelta(days=1))
    give(cast.rita, make_module(now, "B"), now, due_on=now.date())
    with django_assert_num_queries(1):
        counts = queries.open_assignment_counts([cast.rita, cast.ravi], now)
    assert counts == {cast.rita.pk: {"open": 2, "overdue": 1}, cast.ravi.pk: {"open": 0, "overdue": 0}}


def test_an_empty_home_and_catalogue_say_what_to_do(cast, sign_in):
    rita = sign_in(cast.rita)
    assert "Nothing to do" in text(rita.get(reverse("learn_home")))
    assert "No modules yet" in text(rita.get(reverse("learn_catalogue")))
    assert "No assignments yet" in text(sign_in(cast.lena).get(reverse("learn_team")))


def test_open_modules_of_who_is_gone_are_no_work_but_history_stays(cast, now, sign_in):
    learn_all(sign_in(cast.rita), give(cast.rita, make_module(now, "Done long ago"), now))
    give(cast.rita, make_module(now, "Never begun"), now, due_on=date(2020, 1, 1))
    lena = sign_in(cast.lena)
    assert ">Never begun</a>" in text(lena.get(reverse("learn_team")))
    assert queries.open_assignment_counts([cast.rita], now) == {cast.rita.pk: {"open": 1, "overdue": 1}}
    people_services.deactivate_person(actor=None, person=cast.rita, now=now)
    page = text(lena.get(reverse("learn_team")))
    assert "Never begun" not in page.split("<tbody")[1]
    assert "Done long ago" in page.split("<tbody")[1]
    assert queries.open_assignment_counts([cast.rita], now) == {cast.rita.pk: {"open": 0, "overdue": 0}}
