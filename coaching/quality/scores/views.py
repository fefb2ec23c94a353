"""Scores: one's own, a person's, a team's, all teams', and what criteria go together with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import floor

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coaching.quality.access import leads_somebody
from coaching.quality.forms import whole_number
from coaching.quality.scores import access, exports, queries, teams, words
from coaching.quality.scores.adjusting import Adjusted
from coaching.quality.scores.details import sections_of
from coaching.quality.scores.predicting import predictions
from foundation import charts
from people.models import Person, Role, Team
from people.requests import PersonRequest, note_read

PER_PAGE = 50
MONTHS_TO_PICK = 12


@login_required
@require_safe
def score_home(request: PersonRequest) -> HttpResponse:
    """To the scores that this person works with."""
    person = request.user
    if person.has_role(Role.HEAD):
        return redirect("score_teams")
    if leads_somebody(person, timezone.localdate()):
        return redirect("score_team")
    if person.has_role(Role.REP):
        return redirect("score_mine")
    access.can_read_what_criteria_predict(person).or_403()
    return redirect("score_criteria")


@login_required
@require_safe
def score_mine(request: PersonRequest) -> HttpResponse:
    return _person_page(request, request.user)


@login_required
@require_safe
def score_person(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    person = access.get_scored_person_for(request.user, pk, timezone.localdate(now))
    note_read(request, person, "scores", now)
    return _person_page(request, person)


def _person_page(request: PersonRequest, person: Person) -> HttpResponse:
    today = timezone.localdate()
    page = queries.person_page(person, today)
    found, trend = page.score, page.trend
    return render(
        request,
        "coaching/quality/score_person.html",
        {
            "person": person,
            "is_mine": person.pk == request.user.pk,
            "score": found,
            "how_sure": words.how_sure(found),
            "unspoken": words.unspoken(found.unspoken),
            "is_partial": bool(found.unspoken and found.unspoken.is_large),
            "adjusted": page.adjusted if isinstance(page.adjusted, Adjusted) else None,
            "about_adjusted": words.adjusted(page.adjusted, found),
            "borrowed": words.borrowed(found),
            "sections": sections_of(page),
            "trend": trend,
            "chart": _chart(trend, _("Score of three months, up to the end of each month")),
            # What is drawn and not published is nobody's to know before its release, least of all theirs.
            "waiting": 0 if person.pk == request.user.pk else queries.waiting_for_review(person),
            "since": queries.rolling_since(today),
            "today": today,
            "section": "scores",
        },
    )


def _chart(points: Sequence[queries.Point | teams.TeamMonth], title: str) -> str:
    """The course as a line with its range; empty with fewer than two points."""
    known = [point.estimate for point in points]
    if sum(one is not None for one in known) < 2:
        return ""
    return charts.line_chart(
        labels=[date_format(point.month, "M Y") for point in points],
        values=[one.mean if one else None for one in known],
        lows=[one.interval.low if one and one.interval else None for one in known],
        highs=[one.interval.high if one and one.interval else None for one in known],
        title=title,
        description=_("The line is the score of 100, the band what so many reviews leave open. The table has the numbers."),
    )


# --- Teams -----------------------------------------------------------------------------------------------------------
def _team_of(request: PersonRequest, today: date) -> tuple[Team | None, list[Team], list[Person]]:
    """(the team asked for, those to choose from, its people); without a team everybody this person leads."""
    access.can_read_team_scores(request.user, today).or_403()
    led = list(access.scored_teams(request.user, today))
    pk = whole_number(request.GET.get("team"))
    team = access.get_scored_team_for(request.user, pk, today) if pk else None
    if team is None and request.user.has_role(Role.HEAD) and led:
        team = led[0]
    people = [person for person in teams.reps_of([team] if team else led, today) if person.pk != request.user.pk]
    return team, led, people


@login_required
@require_safe
def score_team(request: PersonRequest) -> HttpResponse:
    today = timezone.localdate()
    team, led, people = _team_of(request, today)
    scores = queries.person_scores(people, today)
    months = teams.team_months(people, today)
    shown = [score for score in scores if score.enough]
    page = Paginator(scores, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = queries.with_unspoken(page, today)
    lowest = min((score.own.interval.low for score in shown if score.own and score.own.interval), default=0.0)
    return render(
        request,
        "coaching/quality/score_team.html",
        {
            "team": team,
            "teams": led,
            "name": team.name if team else led[0].name if len(led) == 1 else _("All your teams"),
            "page_obj": page,
            "partial": any(score.unspoken and score.unspoken.is_large for score in page),
            "people": len(people),
            "may_all": not request.user.has_role(Role.HEAD),
            "who": words.who_separates(scores),
            "months": list(reversed(months)),
            "latest": next((month for month in reversed(months) if month.estimate), None),
            "chart": _chart(months, _("Score of each calendar month")),
            "floor": 10 * floor(lowest / 10),
            "since": queries.rolling_since(today),
            "today": today,
            "query": f"?team={team.pk}" if team else "",
            "section": "scores",
        },
    )


@login_required
@require_safe
def score_people_csv(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    _team, _led, people = _team_of(request, today)
    for person in people:
        note_read(request, person, "scores", now)
    text = exports.people_csv(
        queries.with_unspoken(queries.person_scores(people, today), today), queries.rolling_since(today), today
    )
    return _csv(text, f"scores-people-{today.isoformat()}.csv")


@login_required
@require_safe
def score_team_csv(request: PersonRequest) -> HttpResponse:
    today = timezone.localdate()
    team, _led, people = _team_of(request, today)
    text = exports.team_csv(team.name if team else _("All your teams"), teams.team_months(people, today))
    return _csv(text, f"scores-months-{today.isoformat()}.csv")


def _csv(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _month_of(request: PersonRequest, today: date) -> tuple[date, list[date]]:
    """The month asked for (else the last whole one), and those to choose from, the newest first."""
    months = [queries.month_before(today, back) for back in range(MONTHS_TO_PICK)]
    asked = request.GET.get("month", "")
    return next((month for month in months if month.isoformat() == asked), months[1]), months


@login_required
@require_safe
def score_teams(request: PersonRequest) -> HttpResponse:
    access.can_read_all_scores(request.user).or_403()
    today = timezone.localdate()
    month, months = _month_of(request, today)
    rows = teams.all_teams(month, today)
    lows = [row.month.estimate.interval.low for row in rows if row.month.estimate and row.month.estimate.interval]
    company = next((row.month for row in rows if row.team is None), None)
    context = {
        "rows": rows,
        "month": month,
        "months": months,
        "company": company,
        "floor": 10 * floor(min(lows, default=0.0) / 10),
        "section": "scores",
    }
    return render(request, "coaching/quality/score_teams.html", context)


@login_required
@require_safe
def score_teams_csv(request: PersonRequest) -> HttpResponse:
    access.can_read_all_scores(request.user).or_403()
    today = timezone.localdate()
    month, _months = _month_of(request, today)
    return _csv(exports.teams_csv(teams.all_teams(month, today)), f"scores-teams-{month:%Y-%m}.csv")


# --- Criteria --------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def score_criteria(request: PersonRequest) -> HttpResponse:
    access.can_read_what_criteria_predict(request.user).or_403()
    now = timezone.now()
    found = predictions(timezone.localdate(now), now)
    return render(request, "coaching/quality/score_criteria.html", {"found": found, "section": "scores"})


@login_required
@require_safe
def score_criteria_csv(request: PersonRequest) -> HttpResponse:
    access.can_read_what_criteria_predict(request.user).or_403()
    now = timezone.now()
    today = timezone.localdate(now)
    return _csv(exports.criteria_csv(predictions(today, now)), f"criteria-{today.isoformat()}.csv")
