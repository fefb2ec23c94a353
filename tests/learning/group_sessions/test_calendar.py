"""The calendar: a month of one's own, the due days of a lead's people, and the same days in the calendar program."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from learning.assignments.services import change_dates
from learning.group_sessions import places
from learning.group_sessions.agenda import first_of, month_of
from people.models import Membership
from people.services import create_team, join_team
from tests.factories.certificates import certified_module, earn
from tests.factories.group_sessions import make_session
from tests.factories.learning import give, make_module

DAY = timedelta(days=1)


def shown(browser, query=None, name="learn_calendar") -> list[tuple[str, str, str]]:
    """(day, kind, title with its note) of what a month shows."""
    days = browser.get(reverse(name), query or {}).context["month"].days
    return [(str(day.date), entry.kind, f"{entry.title}: {entry.note}".rstrip(": ")) for day in days for entry in day.entries]


def test_a_month_of_ones_own(cast, now, sign_in, django_assert_max_num_queries):
    today = now.date()
    give(cast.rita, make_module(now, "Due"), now, due_on=today + 3 * DAY)
    give(cast.rita, make_module(now, "Late"), now - 9 * DAY, due_on=today - 2 * DAY)
    give(cast.rita, make_module(now, "Next month"), now, due_on=date(2026, 7, 9))
    give(cast.rita, make_module(now, "No day"), now)
    give(cast.ravi, make_module(now, "Of Ravi"), now, due_on=today + 3 * DAY)
    earn(cast.rita, certified_module(now, "Yearly"), now)
    session = make_session(cast.lena, now, "Together", starts_at=now + 3 * DAY)
    make_session(cast.lena, now, "Without Rita", starts_at=now + 3 * DAY)
    full = make_session(cast.hana, now, "Full", starts_at=now + 4 * DAY, capacity=1)
    places.join(actor=cast.ravi, session=full, now=now)
    for one in (session, full):
        places.join(actor=cast.rita, session=one, now=now)
    browser = sign_in(cast.rita)
    with time_machine.travel(now):
        with django_assert_max_num_queries(12):
            june = shown(browser)
        assert june == [
            ("2026-06-13", "overdue", "Late: overdue"),
            ("2026-06-18", "due", "Due: due"),
            ("2026-06-18", "session", "Together"),
            ("2026-06-19", "session", "Full: on the wait list"),
        ]
        assert shown(browser, {"month": "2026-07"}) == [("2026-07-09", "due", "Next month: due")]
        assert shown(browser, {"month": "2027-06"}) == [("2027-06-15", "expires", "Yearly: certificate expires")]
        for nonsense in ("2026-13", "<b>", "0000-01", "9999-12", "2026-06-01"):
            assert browser.get(reverse("learn_calendar"), {"month": nonsense}).context["month"].first == date(2026, 6, 1)
        page = browser.get(reverse("learn_calendar"), {"month": "2026-09"}).content.decode()
        assert "Nothing stands in this month" in page
        assert ("2026-06-18", "session", "Together: you hold it") in shown(sign_in(cast.lena))


def test_a_lead_sees_the_due_days_of_their_people_only(cast, now, sign_in, django_assert_max_num_queries):
    today = now.date()
    module = make_module(now, "For all")
    for person in (cast.rita, cast.ravi, cast.otto):
        give(person, module, now, due_on=today + 3 * DAY)
    earn(cast.ravi, certified_module(now, "Yearly"), now)
    session = make_session(cast.hana, now, "Together", starts_at=now + 4 * DAY)
    for person in (cast.rita, cast.otto):
        places.join(actor=person, session=session, now=now)
    sub_team = create_team(actor=None, name="Night", parent=cast.harbour, now=now)
    lena, hana = sign_in(cast.lena), sign_in(cast.hana)
    with time_machine.travel(now):
        with django_assert_max_num_queries(14):
            mine = shown(lena, name="team_calendar")
        assert mine == [
            ("2026-06-18", "due", "For all: Ravi Example, Rita Example"),
            ("2026-06-19", "session", "Together: 1 of your people comes"),
        ]
        assert ("2027-06-15", "expires", "Yearly: certificate of Ravi Example expires") in shown(
            lena, {"month": "2027-06"}, "team_calendar"
        )
        assert "Otto" not in lena.get(reverse("team_calendar")).content.decode()
        assert shown(hana, name="team_calendar")[0][2] == "For all: Otto Example, Ravi Example, Rita Example"
        assert shown(hana, {"team": cast.meadow.pk}, "team_calendar")[0][2] == "For all: Otto Example"
        assert shown(lena, {"team": cast.meadow.pk}, "team_calendar") == mine, "another's team is no choice"
        join_team(actor=None, person=cast.rita, team=sub_team, kind=Membership.Kind.MEMBER, starts_on=today, now=now)
        lena = sign_in(cast.lena)
        assert shown(lena, {"team": sub_team.pk}, "team_calendar")[0][2] == "For all: Rita Example"
        page = lena.get(reverse("team_calendar"), {"team": sub_team.pk}).content.decode()
        assert f"month=2026-07&amp;team={sub_team.pk}" in page, "the team stays when one turns the page"


def test_many_names_are_cut_short(cast, now, sign_in):
    module = make_module(now, "For all")
    for person in (cast.rita, cast.ravi, cast.otto, cast.vera, cast.edda):
        give(person, module, now, due_on=now.date())
    with time_machine.travel(now):
        assert (
            shown(sign_in(cast.hana), name="team_calendar")[0][2]
            == "For all: Edda Example, Otto Example, Ravi Example and 2 more"
        )


def test_due_days_in_the_calendar_program(cast, now, sign_in):
    browser = sign_in(cast.rita)
    (path,) = re.findall(r"/learn/calendar/[\w-]+\.ics", browser.post(reverse("make_calendar_address")).content.decode())
    assignment = give(cast.rita, make_module(now, "Due"), now, due_on=now.date() + 3 * DAY)
    earn(cast.rita, certified_module(now, "Yearly"), now)

    def days() -> dict[str, tuple[str, date, date]]:
        with time_machine.travel(now):
            events = Calendar.from_ical(Client().get(path).content).walk("VEVENT")
        return {str(event["SUMMARY"]): (str(event["UID"]), event.decoded("DTSTART"), event.decoded("DTEND")) for event in events}

    before = days()
    assert set(before) == {"Due (due)", "Yearly (certificate expires)"}
    uid, start, end = before["Due (due)"]
    assert (start, end) == (date(2026, 6, 18), date(2026, 6, 19))
    change_dates(actor=cast.lena, assignment=assignment, due_on=now.date() + 5 * DAY, access_until=None, now=now)
    assert days()["Due (due)"] == (uid, date(2026, 6, 20), date(2026, 6, 21)), "it moves under the same id"
    with time_machine.travel(now):
        raw = Client().get(path).content.decode()
    assert "DTSTART;VALUE=DATE:20260620" in raw
    assert raw.count("TRANSP:TRANSPARENT") == 2
    assert "It helps." not in raw


@pytest.mark.no_database
def test_every_day_stands_in_its_column():
    for year in range(2024, 2030):
        for month in range(1, 13):
            shown_month = month_of(first_of(f"{year}-{month:02}", date(2026, 6, 15)), [], date(2026, 6, 15))
            assert shown_month.days[0].date.weekday() == shown_month.lead_in
            assert (shown_month.days[-1].date + DAY) == shown_month.after
            assert month_of(shown_month.before, [], date(2026, 6, 15)).after == shown_month.first
