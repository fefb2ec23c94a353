"""What the people of the company have set up for themselves: hours, a connection that is paused, kept questions, a wall."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from coaching.connectors import services as connectors
from coaching.metrics.calendar_services import save_calendar
from coaching.metrics.explorer.services import save_view
from coaching.metrics.wall.services import create_link
from demo.company import Company
from demo.seeding.people import Cast

NINE_TO_SIX, SATURDAY = [[9 * 60, 18 * 60]], [[10 * 60, 14 * 60]]


def seed_hours(company: Company, cast: Cast, *, now: datetime) -> None:
    """The organisation's hours, and those of the team that helps with the app on Saturdays too, with public holidays.

    Before the cases come: afterwards every figure in business hours would have to be counted again.
    """
    head = cast.account(company.head)
    week = [*[NINE_TO_SIX] * 5, [], []]
    eve = date(now.year, 12, 24)
    save_calendar(actor=head, team=None, time_zone="Europe/Dublin", week=week, country="IE", closed_on=[eve], open_on={}, now=now)
    save_calendar(
        actor=head,
        team=cast.teams["app"],
        time_zone="America/Toronto",
        week=[*[NINE_TO_SIX] * 5, SATURDAY, []],
        country="CA",
        region="ON",
        closed_on=[],
        open_on={},
        now=now,
    )


def seed_rooms(company: Company, cast: Cast, *, now: datetime) -> None:
    """A paused connection to a helpdesk that does not exist, two kept questions, a wall in the kitchen."""
    admin, head = cast.account(company.admin), cast.account(company.head)
    lead = cast.account(company.lead_of("orders"))
    connection = connectors.add_connection(
        actor=admin,
        system="chatwoot",
        name="Parcel shops (made up, paused)",
        source_key="parcel-shops",
        base_url="https://shops.pellgrove.example",
        credentials={"account_id": "1", "token": "made-up-and-of-no-use"},
        interval_minutes=60,
        fetch_since=now.date() - timedelta(days=30),
        now=now - timedelta(days=9),
    )
    # The demo calls no other machine.
    connectors.pause_connection(actor=admin, connection=connection, now=now - timedelta(days=9))
    first, last = now.date() - timedelta(weeks=12), now.date()
    span = f"first={first.isoformat()}&last={last.isoformat()}"
    save_view(
        actor=lead,
        page="explore",
        query=f"metric=csat&by=person&per=week&{span}",
        name="My team, week by week",
        audience="team",
        now=now,
    )
    save_view(
        actor=head,
        page="explore",
        query=f"metric=first_contact&by=topic&per=month&{span}",
        name="First contact by topic",
        audience="link",
        now=now,
    )
    save_view(actor=head, page="drivers", query=f"metric=csat&{span}", name="What moved satisfaction", audience="own", now=now)
    create_link(actor=lead, team=cast.teams["orders"], place="Kitchen", now=now - timedelta(days=20))
