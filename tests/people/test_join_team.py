"""Joining a team: history counts for the team of that day."""

from datetime import date

import pytest

from people import services
from people.access import people_visible_to
from people.models import Membership, Role


def test_moving_keeps_the_past(cast, now):
    services.join_team(actor=cast.adam, person=cast.rita, team=cast.meadow, starts_on=date(2026, 3, 1), now=now)
    assert Membership.objects.on(date(2026, 2, 28)).get(person=cast.rita).team == cast.harbour
    assert Membership.objects.on(date(2026, 3, 1)).get(person=cast.rita).team == cast.meadow


def test_joining_before_a_recorded_start_is_refused(cast, now):
    with pytest.raises(services.PeopleError, match="later start date"):
        services.join_team(actor=cast.adam, person=cast.rita, team=cast.meadow, starts_on=date(2024, 1, 1), now=now)


def test_lead_sees_own_team_only(cast):
    seen = people_visible_to(cast.lena, date(2026, 6, 15))
    assert set(seen) == {cast.lena, cast.rita, cast.ravi}


def test_leading_a_team_brings_the_role_that_sees_it(cast, now):
    services.join_team(actor=cast.adam, person=cast.ravi, team=cast.meadow, kind="lead", starts_on=date(2026, 3, 1), now=now)
    assert cast.ravi.has_role(Role.LEAD)
    assert cast.otto in people_visible_to(cast.ravi, date(2026, 6, 15))
