"""Which root causes were named, and the reviews that name one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coaching.quality.access import reviews_of_people_visible_to
from coaching.quality.causes import access, queries
from coaching.quality.causes.exports import causes_csv
from coaching.quality.forms import whole_number
from coaching.quality.queries import with_list_columns
from coaching.quality.scores.access import get_scored_team_for, scored_teams
from coaching.quality.scores.queries import last_day, month_before
from coaching.quality.scores.teams import reps_of
from people.models import Person, Team
from people.requests import PersonRequest

PER_PAGE = 25
MONTHS_TO_PICK = 24
MONTHS_SHOWN = 3  # unless others are chosen


@dataclass(frozen=True)
class _Choice:
    """What the filters say: a team (None: everybody this person leads), and the months from `first` to `last`."""

    team: Team | None
    teams: list[Team]
    people: list[Person]
    months: list[date]  # to choose from, the newest first
    first: date
    last: date

    @property
    def since(self) -> date:
        return self.first

    @property
    def until(self) -> date:
        return last_day(self.last)

    @property
    def query(self) -> str:
        team = {"team": self.team.pk} if self.team else {}
        return urlencode({**team, "from": self.first.isoformat(), "to": self.last.isoformat()})


def _choice(request: PersonRequest, today: date) -> _Choice:
    access.can_read_causes(request.user, today).or_403()
    led = list(scored_teams(request.user, today))
    pk = whole_number(request.GET.get("team"))
    team = get_scored_team_for(request.user, pk, today) if pk else None
    people = [person for person in reps_of([team] if team else led, today) if person.pk != request.user.pk]
    months = [month_before(today, back) for back in range(MONTHS_TO_PICK)]

    def month(name: str, otherwise: date) -> date:
        return next((one for one in months if one.isoformat() == request.GET.get(name, "")), otherwise)

    # The wrong way round is meant the right way round.
    first, last = sorted((month("from", months[MONTHS_SHOWN - 1]), month("to", months[0])))
    return _Choice(team, led, people, months, first, last)


@login_required
@require_safe
def cause_list(request: PersonRequest) -> HttpResponse:
    choice = _choice(request, timezone.localdate())
    found = queries.causes_named(choice.people, choice.since, choice.until)
    context = {"choice": choice, "found": found, "query": choice.query, "section": "causes"}
    return render(request, "coaching/quality/cause_list.html", context)


@login_required
@require_safe
def cause_list_csv(request: PersonRequest) -> HttpResponse:
    choice = _choice(request, timezone.localdate())
    found = queries.causes_named(choice.people, choice.since, choice.until)
    response = HttpResponse(causes_csv(found, choice.since, choice.until), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="root-causes-{choice.first:%Y-%m}-{choice.last:%Y-%m}.csv"'
    return response


@login_required
@require_safe
def cause_reviews(request: PersonRequest) -> HttpResponse:
    """The reviews behind a number, as far as this person may read them."""
    today = timezone.localdate()
    choice = _choice(request, today)
    criterion, cause = request.GET.get("criterion", ""), request.GET.get("cause", "")
    is_critical = request.GET.get("critical") == "1"
    readable = reviews_of_people_visible_to(request.user, today)
    reviews = queries.reviews_between(choice.people, choice.since, choice.until).filter(pk__in=readable.values("pk"))
    reviews = queries.reviews_that_name(reviews, criterion, cause, is_critical=is_critical)
    path = queries.path_of(criterion, cause)
    context = {
        "choice": choice,
        "path": path,
        "name": path[-1] if path else _("Root causes"),
        "is_critical": is_critical,
        "page_obj": Paginator(with_list_columns(reviews), PER_PAGE).get_page(request.GET.get("page")),
        "query": choice.query,
        "section": "causes",
    }
    return render(request, "coaching/quality/cause_reviews.html", context)
