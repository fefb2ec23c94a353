"""Business hours: the reference's vectors, and a slow walk through time in zones whose clocks misbehave."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coaching.interactions.models import ChangedDay
from coaching.metrics import services
from coaching.metrics.business_hours import ALWAYS, MONDAY_TO_FRIDAY, Hours
from coaching.metrics.calendar_services import CalendarError, remove_calendar, save_calendar
from coaching.metrics.calendars import calendar_book
from coaching.metrics.models import BusinessCalendar, Rollup
from people.models import AuditEntry
from tests.factories import interactions as make

BERLIN = ZoneInfo("Europe/Berlin")


def at(*parts):
    return int(datetime(*parts, tzinfo=BERLIN).timestamp())


def test_a_weekend_with_a_clock_change():
    assert Hours("Europe/Berlin").between(at(2026, 3, 27, 16), at(2026, 3, 30, 10)) == 2 * 3600


def test_one_hour_less_on_a_holiday():
    closed = Hours("Europe/Berlin", closed=frozenset({date(2026, 3, 30)}))
    assert closed.between(at(2026, 3, 27, 16), at(2026, 3, 30, 10)) == 3600


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)])
def test_days_are_as_long_as_they_are(day, hours):
    begin = at(*day)
    end = at(*(date(*day) + timedelta(days=1)).timetuple()[:3])
    assert Hours("Europe/Berlin", ALWAYS).between(begin, end) == hours * 3600


def test_public_holidays_and_their_exceptions():
    german = Hours("Europe/Berlin", country="DE")
    assert german.between(at(2026, 1, 1), at(2026, 1, 2)) == 0
    assert german.between(at(2026, 1, 6), at(2026, 1, 7)) == 8 * 3600
    assert Hours("Europe/Berlin", country="DE", region="BY").between(at(2026, 1, 6), at(2026, 1, 7)) == 0
    opened = Hours("Europe/Berlin", country="DE", opened=((date(2026, 1, 1), ((36000, 43200),)),))
    assert opened.between(at(2026, 1, 1), at(2026, 1, 2)) == 2 * 3600


def test_never_negative():
    assert Hours("Europe/Berlin").between(at(2026, 6, 2), at(2026, 6, 1)) == 0


STEP = 900


def slow_walk(hours, start, end):
    """Each quarter of an hour on its own: open if its wall time lies in a span of its local date."""
    zone, total = ZoneInfo(hours.zone), 0
    opened = dict(hours.opened)
    for moment in range(start, end, STEP):
        local = datetime.fromtimestamp(moment, UTC).astimezone(zone)
        day, second = local.date(), local.hour * 3600 + local.minute * 60
        spans = opened.get(day, () if day in hours.closed else hours.week[day.weekday()])
        total += STEP * sum(begin <= second < stop for begin, stop in spans)
    return total


QUARTERS = st.lists(st.integers(0, 96), min_size=2, max_size=4, unique=True).map(sorted)
SPANS = QUARTERS.map(lambda q: tuple((a * STEP, b * STEP) for a, b in zip(q[::2], q[1::2], strict=False)))
ZONES = st.sampled_from(
    ["Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia", "Asia/Kolkata", "America/St_Johns",
     "Pacific/Chatham", "Africa/Casablanca", "UTC"]
)  # fmt: skip
DATES = st.dates(date(2010, 12, 1), date(2035, 12, 31))


@settings(max_examples=150, deadline=None)
@given(
    zone=ZONES, week=st.tuples(*[st.one_of(st.just(()), SPANS)] * 7), day=DATES, days=st.integers(0, 9),
    quarter=st.integers(0, 95), closed=st.booleans(), special=st.one_of(st.none(), SPANS),
)  # fmt: skip
@example(zone="Pacific/Apia", week=ALWAYS, day=date(2011, 12, 28), days=5, quarter=0, closed=False, special=None)
@example(zone="Australia/Lord_Howe", week=ALWAYS, day=date(2026, 4, 4), days=2, quarter=0, closed=False, special=None)
@example(zone="Europe/Berlin", week=(((5400, 9000),),) * 7, day=date(2026, 10, 24), days=3, quarter=0, closed=False, special=None)
@example(zone="America/Santiago", week=MONDAY_TO_FRIDAY, day=date(2026, 9, 4), days=5, quarter=3, closed=True, special=None)
def test_as_the_slow_walk(zone, week, day, days, quarter, closed, special):
    hours = Hours(
        zone, week,
        closed=frozenset({day + timedelta(days=1)} if closed else ()),
        opened=((day + timedelta(days=2), special),) if special else (),
    )  # fmt: skip
    start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + quarter * STEP
    assert hours.between(start, start + days * 86400) == slow_walk(hours, start, start + days * 86400)


OFFICE = [[[540, 1020]]] * 5 + [[], []]


def save(cast, team, now, **fields):
    values = {"time_zone": "UTC", "week": OFFICE, "closed_on": [], "open_on": {}} | fields
    return save_calendar(actor=cast.hana, team=team, now=now, **values)


def test_a_team_has_the_hours_of_the_nearest_team_above(cast, now):
    assert calendar_book().of_team(cast.harbour.pk).week == MONDAY_TO_FRIDAY
    save(cast, None, now, time_zone="Europe/Paris")
    assert calendar_book().of_team(cast.harbour.pk).zone == calendar_book().of_team(None).zone == "Europe/Paris"
    save(cast, cast.care, now, time_zone="Asia/Kolkata")
    save(cast, cast.meadow, now, time_zone="Pacific/Apia")
    book = calendar_book()
    zones = [book.of_team(team.pk).zone for team in (cast.care, cast.harbour, cast.meadow)]
    assert zones == ["Asia/Kolkata", "Asia/Kolkata", "Pacific/Apia"]
    assert book.of_team(None).zone == "Europe/Paris"


def test_other_hours_have_the_teams_days_counted_again(cast, now, django_capture_on_commit_callbacks):
    services.ensure_default_metrics(now=now)
    make.interaction(cast.rita, date(2026, 5, 4), seconds=7200)
    make.interaction(cast.otto, date(2026, 5, 4), seconds=7200)
    services.recount_changed_days(now)
    business = Rollup.objects.filter(definition__key="resolution_time_business")
    assert business.get(person=cast.rita).numerator == 7200
    with django_capture_on_commit_callbacks(execute=True):
        save(cast, cast.harbour, now, week=[[[540, 780]]] * 7)
        assert set(ChangedDay.objects.values_list("person", flat=True)) == {cast.rita.pk}
    assert business.get(person=cast.rita).numerator == 3600
    assert business.get(person=cast.otto).numerator == 7200
    with django_capture_on_commit_callbacks(execute=True):
        remove_calendar(actor=cast.hana, calendar=BusinessCalendar.objects.get(team=cast.harbour), now=now)
    assert business.get(person=cast.rita).numerator == 7200


def test_saving_the_same_changes_nothing(cast, now):
    save(cast, cast.harbour, now)
    save(cast, cast.harbour, now)
    assert AuditEntry.objects.filter(verb="calendar.save").count() == 1


@pytest.mark.parametrize("spans", [[[600, 540]], [[0, 1441]], [[60, 120], [100, 200]]])
def test_impossible_hours_are_refused(cast, now, spans):
    with pytest.raises(CalendarError):
        save(cast, None, now, week=[spans] * 7)


def test_an_administrator_writes_hours_on_the_page(cast, sign_in):
    client = sign_in(cast.adam)
    wish = {"time_zone": "Europe/Berlin", "country": "DE", "region": "be", "day_0": "9:00-12:00, 13:00-00:00", "day_5": "",
            "closed_on": "2026-12-24\n2026-12-31", "open_on": "2026-12-25 10:00-14:00"}  # fmt: skip
    response = client.post(f"/metrics/calendars/teams/{cast.harbour.pk}/", wish)
    assert response.status_code == 302
    kept = BusinessCalendar.objects.get(team=cast.harbour)
    assert kept.week[0] == [[540, 720], [780, 1440]]
    assert (kept.region, kept.closed_on, kept.open_on) == ("BE", ["2026-12-24", "2026-12-31"], {"2026-12-25": [[600, 840]]})
    text = sign_in(cast.lena).get("/metrics/calendars/").content.decode()
    assert "Mon 09:00-12:00, 13:00-24:00; Tue–Sun closed" in text
    assert f"/metrics/calendars/teams/{cast.harbour.pk}/" not in text
    assert client.post(f"/metrics/calendars/teams/{cast.harbour.pk}/remove/").status_code == 302
    assert not BusinessCalendar.objects.exists()


def test_what_cannot_be_read_is_told_at_its_field(cast, sign_in):
    wish = {"time_zone": "UTC", "country": "DE", "region": "XX", "day_0": "nine to five", "closed_on": "Christmas",
            "open_on": "2026-12-24 14:00-10:00"}  # fmt: skip
    response = sign_in(cast.hana).post("/metrics/calendars/organisation/", wish)
    text = response.content.decode()
    for words in ("is no span of hours", "is no date", "no region of that code"):
        assert words in text
    wish = {"time_zone": "UTC", "open_on": "2026-12-24 14:00-10:00"}
    assert "Hours end later" in sign_in(cast.hana).post("/metrics/calendars/organisation/", wish).content.decode()
    assert not BusinessCalendar.objects.exists()
