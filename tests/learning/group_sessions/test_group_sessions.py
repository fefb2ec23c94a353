"""A session's whole life: planned, filled, changed, held, followed up, cancelled; and its entries in calendars."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from learning.assignments.models import Assignment
from learning.group_sessions import places
from learning.group_sessions.models import CalendarFeed, GroupSession, Place
from learning.group_sessions.queries import clashes
from learning.group_sessions.services import GroupSessionError, cancel_session, change_session
from people.busy import Busy, _sources, register
from people.models import AuditEntry
from people.services import deactivate_person, record_absence
from tests.factories.group_sessions import make_session
from tests.factories.learning import make_module


def entry_of(letter) -> tuple[str, dict]:
    """The calendar entry in a mail: its method, and the event as another program reads it."""
    (part,) = [body for body, kind in letter.alternatives if kind.startswith("text/calendar")]
    calendar = Calendar.from_ical(part)
    (event,) = calendar.walk("VEVENT")
    assert calendar.walk("VTIMEZONE")
    return str(calendar["METHOD"]), event


def test_the_entry_in_the_calendar_follows_the_session(cast, now, sign_in, django_capture_on_commit_callbacks):
    session = make_session(cast.lena, now, starts_at=datetime(2026, 7, 1, 7, 0, tzinfo=UTC), link="https://meet.example/x")
    browser = sign_in(cast.rita)

    def after(verb) -> list:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            verb()
        return list(mail.outbox)

    with time_machine.travel(now):
        address = reverse("group_session_detail", args=[session.pk])
        assert "https://meet.example/x" not in browser.get(address).content.decode()  # for those who have a place
        (joined,) = after(lambda: [browser.post(reverse("group_session_join", args=[session.pk])) for _click in range(2)])
        (changed,) = after(
            lambda: change_session(
                actor=cast.lena,
                session=session,
                changes={"starts_at": session.starts_at + timedelta(days=1), "ends_at": session.ends_at + timedelta(days=1)},
                now=now,
            )
        )
        assert "https://meet.example/x" in browser.get(address).content.decode()
        assert after(lambda: change_session(actor=cast.lena, session=session, changes={"material": "Read on."}, now=now)) == []
        (left,) = after(lambda: browser.post(reverse("group_session_leave", args=[session.pk])))
        (again,) = after(lambda: browser.post(reverse("group_session_join", args=[session.pk])))
        (cancelled,) = after(lambda: cancel_session(actor=cast.lena, session=session, reason="Lena is ill.", now=now))
    entries = [entry_of(letter) for letter in (joined, changed, left, again, cancelled)]
    assert [method for method, _event in entries] == ["REQUEST", "REQUEST", "CANCEL", "REQUEST", "CANCEL"]
    assert len({str(event["UID"]) for _method, event in entries}) == 1
    assert [int(event["SEQUENCE"]) for _method, event in entries] == [1, 2, 3, 4, 5]
    assert str(entries[-1][1]["STATUS"]) == "CANCELLED"
    event = entries[1][1]
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event.decoded("DTSTART").isoformat() == "2026-07-02T09:00:00+02:00"
    assert event.decoded("DTEND").isoformat() == "2026-07-02T10:00:00+02:00"
    assert str(event["ORGANIZER"]) == "mailto:lena@example.com"
    assert str(event["ATTENDEE"]) == "mailto:rita@example.com"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert str(event["LOCATION"]) == "Blue room, https://meet.example/x"
    assert "Lena is ill." in cancelled.body
    assert "09:00–10:00" in changed.body
    assert joined.to == ["rita@example.com"]


def test_places_run_out_and_who_waits_moves_up_in_order(cast, now, django_capture_on_commit_callbacks):
    session = make_session(cast.hana, now, capacity=2)
    done = places.invite(actor=cast.lena, session=session, people=[cast.rita], now=now)
    assert done.held == (cast.rita,)
    places.join(actor=cast.ravi, session=session, now=now)
    for minutes, person in enumerate((cast.otto, cast.vera, cast.edda), start=1):
        assert places.join(actor=person, session=session, now=now + timedelta(minutes=minutes)).state == "waiting"
    assert places.invite(actor=cast.lena, session=session, people=[cast.rita, cast.lars], now=now).waiting == (cast.lars,)
    deactivate_person(actor=None, person=cast.otto, now=now)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        places.leave(actor=cast.ravi, session=session, now=now)
        places.leave(actor=cast.ravi, session=session, now=now)
    # Lars was put down before the others came; Otto's account is off.
    assert [(letter.to[0], letter.subject) for letter in mail.outbox] == [
        ("ravi@example.com", "You gave your place back"),
        ("lars@example.com", "You have a place in a group session"),
    ]
    with pytest.raises(GroupSessionError, match="2 people have a place already"):
        change_session(actor=cast.hana, session=session, changes={"capacity": 1}, now=now)
    change_session(actor=cast.hana, session=session, changes={"capacity": 3}, now=now)
    assert Place.objects.get(person=cast.vera).state == "held"
    assert Place.objects.get(person=cast.edda).state == "waiting"
    change_session(actor=cast.hana, session=session, changes={"capacity": None}, now=now)
    assert set(Place.objects.filter(state="held").values_list("person__email", flat=True)) == {
        f"{name}@example.com" for name in ("rita", "lars", "vera", "edda")
    }
    # Coming back means the end of the list, in the same row.
    change_session(actor=cast.hana, session=session, changes={"capacity": 4}, now=now)
    assert places.join(actor=cast.ravi, session=session, now=now + timedelta(hours=1)).state == "waiting"
    assert Place.objects.filter(person=cast.ravi).count() == 1


def test_what_cannot_be_done_says_why(cast, now):
    session = make_session(cast.lena, now, open_to_all=False)
    for wish, message in (
        (lambda: make_session(cast.lena, now, starts_at=now), "begun already"),
        (lambda: make_session(cast.lena, now, ends_at=now), "end before it begins"),
        (lambda: make_session(cast.lena, now, place=""), "Say where it is"),
        (lambda: make_session(cast.lena, now, link="javascript:alert(1)"), "must begin with https"),
        (lambda: places.join(actor=cast.rita, session=session, now=now), "for those who were asked"),
        (lambda: cancel_session(actor=cast.lena, session=session, reason=" ", now=now), "Say why"),
        (lambda: places.join(actor=cast.rita, session=session, now=now + timedelta(days=8)), "is over"),
        (lambda: places.note_attendance(actor=cast.lena, session=session, attendance={}, now=now), "not begun"),
        (lambda: places.check_in(actor=cast.rita, session=session, code="x", now=now), "half an hour before"),
        (lambda: places.give_feedback(actor=cast.rita, session=session, rating=5, comment="", now=now), "Only who was there"),
    ):
        with pytest.raises(GroupSessionError, match=message):
            wish()
    cancel_session(actor=cast.lena, session=session, reason="Ill.", now=now)
    assert cancel_session(actor=cast.lena, session=session, reason="Twice.", now=now).cancelled_reason == "Ill."
    with pytest.raises(GroupSessionError, match="was cancelled"):
        places.invite(actor=cast.lena, session=session, people=[cast.rita], now=now)


def test_who_was_there_by_code_or_list_gets_the_follow_up_once(cast, now, sign_in):
    module = make_module(now, "After the session")
    session = make_session(cast.lena, now, follow_up=module)
    places.invite(actor=cast.lena, session=session, people=[cast.rita, cast.ravi, cast.otto], now=now)
    address = reverse("group_session_detail", args=[session.pk])
    rita, lena = sign_in(cast.rita), sign_in(cast.lena)
    with time_machine.travel(session.starts_at - timedelta(minutes=10)):
        assert session.check_in_code not in rita.get(address).content.decode()
        assert session.check_in_code in lena.get(reverse("group_session_attendance", args=[session.pk])).content.decode()
        check_in = reverse("group_session_check_in", args=[session.pk])
        wrong = rita.post(check_in, {"code": "WRONG1"}, follow=True).content.decode()
        assert "This is not the code" in wrong
        typed = f" {session.check_in_code[:3].lower()} {session.check_in_code[3:]} "
        assert "Welcome" in rita.post(check_in, {"code": typed}, follow=True).content.decode()
        for _try in range(20):
            sign_in(cast.otto).post(check_in, {"code": "GUESS"})
        assert (
            "Too many tries" in sign_in(cast.otto).post(check_in, {"code": session.check_in_code}, follow=True).content.decode()
        )
    ravi, otto = (Place.objects.get(person=person) for person in (cast.ravi, cast.otto))
    with time_machine.travel(session.ends_at):
        for _click in range(2):
            lena.post(
                reverse("group_session_attendance", args=[session.pk]),
                {f"place-{ravi.pk}": "present", f"place-{otto.pk}": "absent", "place-999": "present"},
            )
        feedback = reverse("group_session_feedback", args=[session.pk])
        assert "Choose one of the five" in rita.post(feedback, {"comment": "Too long"}).content.decode()
        rita.post(feedback, {"rating": "4", "comment": "Too long"})
        rita.post(feedback, {"rating": "3", "comment": "Too short"})
        page = lena.get(address).content.decode()
        assert "1 of 2 answered" in page, "Rita, and Ravi who was there; Otto was not"
        assert "0 % found it good or very good (n = 1; with so many answers it may be anything from 0 % to 79 %)" in page
        assert "Too short" in page
        assert "with your name" in rita.get(address).content.decode()
        assert "Too short" not in sign_in(cast.ravi).get(address).content.decode()
        assert "Only who was there" in sign_in(cast.otto).post(feedback, {"rating": "1"}, follow=True).content.decode()
    given = Assignment.objects.filter(module=module)
    assert {assignment.person for assignment in given} == {cast.rita, cast.ravi}
    assert {assignment.because for assignment in given} == {"You were at “Saying no kindly” on 22 June 2026. This goes with it."}
    assert {assignment.due_on for assignment in given} == {date(2026, 6, 29)}
    assert AuditEntry.objects.filter(verb="group_session.attendance", subject=cast.ravi).count() == 1


def test_clashes_warn_whoever_plans_and_whoever_comes(cast, now, sign_in):
    first = make_session(cast.hana, now, "First")
    second = make_session(cast.lena, now, "Second", starts_at=first.starts_at + timedelta(minutes=30))
    make_session(cast.lena, now, "Just after", starts_at=first.ends_at)
    places.join(actor=cast.rita, session=first, now=now)
    record_absence(
        actor=cast.ravi, person=cast.ravi, starts_on=date(2026, 6, 20), until=date(2026, 6, 24), note="private", now=now
    )

    def coaching(ids, starts_at, ends_at):
        """As the room of coaching sessions registers it, from above."""
        return [Busy(cast.rita.pk, "Coaching")] if cast.rita.pk in ids else []

    register(coaching)
    try:
        with time_machine.travel(now):
            lead = sign_in(cast.lena)
            address = reverse("group_session_invite", args=[second.pk])
            page = lead.get(address).content.decode()
            assert re.findall(r"<li>(\w+ Example: [^<]+)</li>", page) == [
                "Ravi Example: away",
                "Rita Example: First",
                "Rita Example: Coaching",
            ]
            assert "private" not in page
            told = lead.post(address, {"people": [cast.rita.pk, cast.ravi.pk]}, follow=True).content.decode()
            assert "2 people have a place" in told
            assert "Rita Example has something else at that time: First." in told
            own = sign_in(cast.rita).get(reverse("group_session_detail", args=[second.pk])).content.decode()
            assert "You have something else then" in own
    finally:
        _sources.remove(coaching)


def test_moving_into_a_clash_asks_first(cast, now, sign_in):
    session = make_session(cast.lena, now, "Moved")
    other = make_session(cast.hana, now, "Of Hana", starts_at=session.starts_at + timedelta(days=1))
    own = make_session(cast.lena, now, "Lena holds it", starts_at=session.starts_at + timedelta(days=1), place="Red room")
    places.invite(actor=cast.lena, session=session, people=[cast.rita, cast.ravi], now=now)
    places.join(actor=cast.rita, session=other, now=now)
    places.join(actor=cast.lena, session=own, now=now)  # told once, though she holds it and has a place in it
    lead, address = sign_in(cast.lena), reverse("group_session_edit", args=[session.pk])
    form = {"title": "Moved", "day": "2026-06-23", "begins": "11:00", "minutes": "60", "place": "Blue room", "open_to_all": "on"}
    with time_machine.travel(now):
        asked = lead.post(address, form).content.decode()
        assert re.findall(r"<li>(\w+ Example: [^<]+)</li>", asked) == ["Rita Example: Of Hana", "Lena Example: Lena holds it"]
        session.refresh_from_db()
        assert session.starts_at == now + timedelta(days=7), "nothing is saved, and nobody is written to"
        assert 'value="2026-06-23"' in asked
        assert lead.post(address, form | {"anyway": "1"}).status_code == 302
        session.refresh_from_db()
        assert session.starts_at == now + timedelta(days=8)
        assert lead.post(address, form | {"place": "Green room"}).status_code == 302, "the time stays: nothing new to ask"
        new = reverse("group_session_new")
        told = lead.post(new, form | {"title": "Third at once"}, follow=True).content.decode()
        assert "You have something else at that time: Moved." in told


def test_times_are_those_of_the_clock_where_it_is_held(cast, now, sign_in):
    lead = sign_in(cast.lena)
    form = {
        "title": "Over summer time",
        "day": "2026-10-24",
        "begins": "23:30",
        "minutes": "240",
        "place": "Here",
        "open_to_all": "on",
    }
    with time_machine.travel(now):
        refused = lead.post(reverse("group_session_new"), form | {"place": ""})
        assert "Say where it is" in refused.content.decode()
        assert 'value="Over summer time"' in refused.content.decode()
        lead.post(reverse("group_session_new"), form)
        session = GroupSession.objects.get()
        assert session.starts_at == datetime(2026, 10, 24, 21, 30, tzinfo=UTC)
        assert session.ends_at - session.starts_at == timedelta(hours=4)
        edit = reverse("group_session_edit", args=[session.pk])
        assert 'value="23:30"' in lead.get(edit).content.decode()
        lead.post(edit, form | {"day": "2026-10-26"})
    session.refresh_from_db()
    assert session.starts_at == datetime(2026, 10, 26, 22, 30, tzinfo=UTC)


def test_ones_own_calendar_address(cast, now, sign_in, django_assert_max_num_queries):
    browser = sign_in(cast.rita)
    page = browser.post(reverse("make_calendar_address"))
    assert "no-store" in page["Cache-Control"]
    (path,) = re.findall(r"/learn/calendar/[\w-]+\.ics", page.content.decode())
    token = path.split("/")[-1].removesuffix(".ics")
    assert token not in str(CalendarFeed.objects.values().get())
    assert path not in browser.get(reverse("calendar_address")).content.decode()
    sessions = [make_session(cast.lena, now, f"Session {n}", starts_at=now + timedelta(days=n)) for n in range(1, 5)]
    for session in sessions[:3]:
        places.join(actor=cast.rita, session=session, now=now)
    cancel_session(actor=cast.lena, session=sessions[0], reason="Ill.", now=now)
    places.leave(actor=cast.rita, session=sessions[1], now=now)
    visitor = Client()
    with time_machine.travel(now):
        with django_assert_max_num_queries(6):
            response = visitor.get(path)
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert "noindex" in response["X-Robots-Tag"]
        assert not response.cookies
        events = {str(event["SUMMARY"]): str(event["STATUS"]) for event in Calendar.from_ical(response.content).walk("VEVENT")}
        assert events == {"Session 1": "CANCELLED", "Session 3": "CONFIRMED"}
        again = browser.post(reverse("make_calendar_address")).content.decode()
        assert visitor.get(path).status_code == 404
        (path,) = re.findall(r"/learn/calendar/[\w-]+\.ics", again)
        assert visitor.get(path).status_code == 200
        deactivate_person(actor=None, person=cast.rita, now=now)
        assert visitor.get(path).status_code == 404
    with time_machine.travel(now):
        other = sign_in(cast.otto)
        other.post(reverse("make_calendar_address"))
        other.post(reverse("end_calendar_address"))
    assert not CalendarFeed.objects.filter(person=cast.otto).exists()


def test_the_list_filters_and_stays_quick(cast, now, sign_in, django_assert_max_num_queries):
    for n in range(25):
        make_session(cast.lena, now, f"Number {n:02}", starts_at=now + timedelta(days=1, hours=n))
    asked = make_session(cast.hana, now, "Asked to", open_to_all=False)
    make_session(cast.hana, now, "Not asked to", open_to_all=False)
    places.invite(actor=cast.hana, session=asked, people=[cast.rita], now=now)
    browser, address = sign_in(cast.rita), reverse("group_session_list")

    def titles(query) -> list[str]:
        return [session.title for session, _own in browser.get(address, query).context["rows"]]

    with time_machine.travel(now):
        with django_assert_max_num_queries(12):
            assert len(titles({})) == 20
        assert titles({"page": 2}) == ["Number 20", "Number 21", "Number 22", "Number 23", "Number 24", "Asked to"]
        assert titles({"which": "mine"}) == ["Asked to"]
        assert titles({"q": "number 07"}) == ["Number 07"]
        assert titles({"which": "past"}) == []
    with time_machine.travel(now + timedelta(days=30)):
        browser = sign_in(cast.rita)
        assert titles({"which": "past"})[0] == "Asked to"
        assert titles({}) == []


def test_nobody_guesses_a_clash_of_a_cancelled_session(cast, now):
    first = make_session(cast.lena, now, "First")
    second = make_session(cast.hana, now, "Second")
    places.join(actor=cast.rita, session=first, now=now)
    cancel_session(actor=cast.lena, session=first, reason="Ill.", now=now)
    assert clashes([cast.rita, cast.lena], second) == []
