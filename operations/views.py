"""The page for administrators: what runs by itself, and how it went."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations import access, queries
from people.requests import PersonRequest

MOST_TROUBLES = 20


@login_required
@require_safe
def schedule(request: PersonRequest) -> HttpResponse:
    """Each piece of periodic work: last run, outcome, next due."""
    access.can_see_schedule(request.user).or_403()
    now = timezone.now()
    standings = queries.standings(now)
    context = {
        "standings": standings,
        "late": sum(standing.late for standing in standings),
        "never": not any(standing.last or standing.running for standing in standings),
        "troubles": queries.troubles()[:MOST_TROUBLES],
        "now": now,
    }
    return render(request, "operations/schedule.html", context)
