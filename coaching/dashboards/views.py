"""The home screens: Today by role, the lead's board, the head's overview."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coaching.dashboards import access
from coaching.dashboards.board import group_of, read_board
from coaching.dashboards.forms import BOARD_WEEKS, BoardForm
from coaching.dashboards.news import read_news
from coaching.dashboards.overview import read_overview
from coaching.dashboards.today import read_today
from coaching.metrics.queries import freshness, last_weeks
from coaching.signals.queries import open_team_signals
from people.requests import PersonRequest

PER_PAGE = 50
OVERVIEW_WEEKS = 8


@login_required
@require_safe
def today(request: PersonRequest) -> HttpResponse:
    """What this person does next, by role."""
    now = timezone.now()
    return render(request, "coaching/dashboards/today.html", {"today": read_today(request.user, timezone.localdate(now), now)})


@login_required
@require_safe
def board(request: PersonRequest) -> HttpResponse:
    """Who needs me, why, and what to do next."""
    access.can_see_board(request.user).or_403()
    now = timezone.now()
    on = timezone.localdate(now)
    form = BoardForm(request.GET)
    teams = list(access.teams_visible_to(request.user, on))
    team = access.get_board_team_for(teams, form.chosen_team)
    people = access.board_people_for(request.user, teams, team, on)
    window = last_weeks(form.chosen_weeks, on)
    group = group_of(request.user, teams, team)
    read = read_board(list(people), window, group=group.inside, now=now)
    rows = [row for row in read.rows if form.text.lower() in row.person.display_name.lower()]
    if form.only_needing:
        rows = [row for row in rows if row.needs_me]
    context = {
        "form": form,
        "weeks_choices": BOARD_WEEKS,
        "teams": [(other, "– " * (other.path.count("/") - 2)) for other in teams],
        "team": team,
        "group": group,
        "all_teams": group_of(request.user, teams, None).heading,
        "board": read,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "window": window,
        "team_signals": open_team_signals(request.user, on),
        "news": read_news(request.user, on, now, with_signals=False),
        "freshness": freshness(),
    }
    return render(request, "coaching/dashboards/board.html", context)


@login_required
@require_safe
def overview(request: PersonRequest) -> HttpResponse:
    """Are we keeping our promises?"""
    access.can_see_overview(request.user).or_403()
    now = timezone.now()
    on = timezone.localdate(now)
    teams = list(access.teams_visible_to(request.user, on))
    context = {
        "overview": read_overview(teams, last_weeks(OVERVIEW_WEEKS, on), on, now),
        "news": read_news(request.user, on, now),
        "freshness": freshness(),
    }
    return render(request, "coaching/dashboards/overview.html", context)
