"""What teams remember, from closed sums, and what a person shares."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from learning.practice import access, queries, retention
from learning.practice.forms import TeamFilter
from people.delivery import local_day
from people.requests import PersonRequest, note_read


@require_safe
def practice_team(request: PersonRequest) -> HttpResponse:
    """By standard, how a team answered in a closed month; below, who shares theirs by name."""
    access.can_see_team_months(request.user).or_403()
    on = timezone.localdate()
    teams, months = access.teams_with_months_for(request.user, on), retention.closed_months()
    form = TeamFilter(request.GET, teams=teams, months=months)
    chosen = [form.chosen_team] if form.chosen_team else teams
    context = {
        "form": form,
        "teams": teams,
        "chosen": form.chosen_team,
        "month": form.chosen_month,
        "rows": retention.retained_by_teams(chosen, form.chosen_month) if form.chosen_month else [],
        "sharing": access.sharing_people_for(request.user, on),
        "shares": queries.shares(request.user),
    }
    return render(request, "learning/practice/team.html", context)


@require_safe
def practice_person(request: PersonRequest, pk: int) -> HttpResponse:
    """What one person shares; for themselves what their lead sees, or would see."""
    now = timezone.now()
    person = access.get_sharing_person_for(request.user, pk, timezone.localdate(now))
    note_read(request, person, "practice", now)
    context = {
        "person": person,
        "own": person.pk == request.user.pk,
        "shares": queries.shares(person),
        "rows": retention.retained_by_person(person, local_day(person, now)),
        "days": retention.PERSON_DAYS,
    }
    return render(request, "learning/practice/person.html", context)
