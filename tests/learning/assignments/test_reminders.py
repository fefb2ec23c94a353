"""Reminders: a week before, a day before, once when overdue; quiet hours, weekends, wishes; the lead's week."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from hypothesis import given as property_test
from hypothesis import settings, strategies

from learning.assignments import services as assignment_services
from learning.assignments.models import Reminder
from learning.assignments.reminders.services import send_reminders
from people.delivery import is_quiet
from people.models import DeliveryPreference, Person
from people.services import choose_delivery, record_absence
from tests.factories.learning import give, learn_all, make_module

MONDAY = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)  # 11:00 in Berlin, where the cast lives
DAY = timedelta(days=1)


def wishes(person, now, **changes):
    usual = {"mode": "at_once", "quiet_from": time(20), "quiet_until": time(8), "weekends": False}
    choose_delivery(actor=person, now=now, **usual | changes)


def told(person) -> list[str]:
    return [m.subject for m in mail.outbox if m.to == [person.email]]


def kinds(person) -> list[tuple[str, str]]:
    return list(Reminder.objects.filter(person=person).order_by("pk").values_list("kind", "state"))


@pytest.fixture
def module(now):
    return make_module(now, "Chat")


def test_each_occasion_once_and_a_moved_date_anew(cast, module):
    assignment = give(cast.rita, module, MONDAY, due_on=date(2026, 6, 26), because="secret reason")
    for day in range(0, 16):
        for hour in (0, 3):
            send_reminders(now=MONDAY + day * DAY + timedelta(hours=hour))
    assert kinds(cast.rita) == [("week", "mailed"), ("day", "mailed"), ("overdue", "mailed")]
    sent = [(r.kind, r.settled_at.date()) for r in Reminder.objects.order_by("pk")]
    # It is overdue on a Saturday, and that waits for Monday.
    assert sent == [("week", date(2026, 6, 19)), ("day", date(2026, 6, 25)), ("overdue", date(2026, 6, 29))]
    assert told(cast.rita) == ["Something to learn waits for you"] * 3
    letter = mail.outbox[-1].body
    assert "Chat: was due on Friday, 26 June" in letter
    assert "secret reason" not in letter
    assignment_services.change_dates(
        actor=cast.lena, assignment=assignment, due_on=date(2026, 7, 20), access_until=None, now=MONDAY + 15 * DAY
    )
    send_reminders(now=MONDAY + 29 * DAY)
    assert kinds(cast.rita)[-1] == ("week", "mailed")


def test_quiet_hours_a_daily_mail_only_here_and_absence(cast, now, module, sign_in):
    other = make_module(now, "Tone")
    evening = MONDAY + timedelta(hours=10)  # 21:00
    with_mail = give(cast.rita, module, evening, due_on=date(2026, 7, 20))
    assert kinds(cast.rita) == [("new", "waiting")]
    send_reminders(now=evening + timedelta(hours=8))  # 05:00
    assert told(cast.rita) == []
    send_reminders(now=MONDAY + DAY)
    send_reminders(now=MONDAY + DAY)
    assert len(told(cast.rita)) == 1
    assert "Chat: new for you, due on Monday, 20 July" in mail.outbox[-1].body

    wishes(cast.rita, now, mode="daily")
    give(cast.rita, other, MONDAY + DAY, due_on=date(2026, 6, 17))
    send_reminders(now=MONDAY + DAY + timedelta(hours=1))
    assert len(told(cast.rita)) == 1, "one mail a day, and it has had today's"
    record_absence(actor=cast.rita, person=cast.rita, starts_on=date(2026, 6, 17), until=date(2026, 6, 17), note="", now=MONDAY)
    send_reminders(now=MONDAY + 2 * DAY)
    assert len(told(cast.rita)) == 1, "away"
    send_reminders(now=MONDAY + 3 * DAY)
    assert len(told(cast.rita)) == 2
    assert "Tone" in mail.outbox[-1].body

    wishes(cast.ravi, now, mode="product")
    give(cast.ravi, module, MONDAY, due_on=date(2026, 6, 16))
    send_reminders(now=MONDAY + 3 * DAY)
    assert told(cast.ravi) == []
    assert {state for _kind, state in kinds(cast.ravi)} == {"shown"}

    at_night = datetime(2026, 7, 20, 22, 0, tzinfo=UTC)
    send_reminders(now=at_night)
    assert Reminder.objects.get(assignment=with_mail, kind="overdue").state == "waiting", "noted, not said"
    learn_all(sign_in(cast.rita), with_mail)
    send_reminders(now=at_night + timedelta(hours=12))
    assert Reminder.objects.get(assignment=with_mail, kind="overdue").state == "dropped"


def test_the_leads_week_comes_once_from_monday_on(cast, now, module, django_capture_on_commit_callbacks, capsys):
    give(cast.rita, module, MONDAY - 5 * DAY, due_on=date(2026, 6, 11))
    give(cast.ravi, module, MONDAY - 5 * DAY, due_on=date(2026, 6, 18))
    give(cast.otto, module, MONDAY - 5 * DAY, due_on=date(2026, 6, 11))
    wishes(cast.lars, now, mode="product")
    with django_capture_on_commit_callbacks(execute=True):
        assert send_reminders(now=MONDAY - DAY).leads == 0, "a Sunday"
        assert send_reminders(now=MONDAY).leads == 1
        assert send_reminders(now=MONDAY + DAY).leads == 0
    assert told(cast.lars) == []
    (letter,) = [m for m in mail.outbox if m.to == [cast.lena.email]]
    assert letter.subject == "Learning in your teams, this week"
    assert "2 modules to do: 1 are overdue, 1 are due within a week" in letter.body
    assert "Rita Example: 1 overdue, 0 due soon" in letter.body
    assert "Otto" not in letter.body
    with django_capture_on_commit_callbacks(execute=True):
        call_command("send_reminders", "--as-of", (MONDAY + 7 * DAY).isoformat(), "--json")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["leads"] == 1


def test_everybody_chooses_on_their_account_page(cast, sign_in):
    rita = sign_in(cast.rita)
    assert reverse("my_delivery") in rita.get(reverse("my_account")).content.decode()
    data = {"mode": "daily", "quiet_from": "18:30", "quiet_until": "09:00", "weekends": "on"}
    assert rita.post(reverse("my_delivery"), data | {"mode": "pigeon"}).status_code == 200
    rita.post(reverse("my_delivery"), data)
    chosen = DeliveryPreference.objects.get(person=cast.rita)
    assert (chosen.mode, chosen.quiet_from, chosen.quiet_until, chosen.weekends) == ("daily", time(18, 30), time(9), True)


@settings(max_examples=60, deadline=None)
@property_test(start=strategies.times(), end=strategies.times(), at=strategies.datetimes(timezones=strategies.just(UTC)))
def test_quiet_hours_against_a_slow_reference(start, end, at):
    """The minutes from start to end, counted around the clock, are the quiet ones."""
    start, end, at = (moment.replace(second=0, microsecond=0) for moment in (start, end, at))
    person = Person(time_zone="UTC")
    preference = DeliveryPreference(quiet_from=start, quiet_until=end, weekends=True)
    minute, quiet = start.hour * 60 + start.minute, set()
    while minute % 1440 != end.hour * 60 + end.minute:
        quiet.add(minute % 1440)
        minute += 1
    assert is_quiet(person, preference, at) == (at.hour * 60 + at.minute in quiet)
