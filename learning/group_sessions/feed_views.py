"""One's own calendar address, and what a calendar program fetches there."""

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learning.assignments.access import can_see_team
from learning.group_sessions import access, agenda, calendars, feeds, queries
from learning.group_sessions.forms import TeamChoice
from people.access import teams_visible_to
from people.requests import PersonRequest

LIMITS = {"calendar": "60/m/ip"}


@require_safe
def learn_calendar(request: PersonRequest) -> HttpResponse:
    """My sessions, what I have to learn by when, certificates that expire: a month at a time."""
    today = timezone.localdate()
    first = agenda.first_of(request.GET.get("month", ""), today)
    entries = agenda.own_entries(request.user, first, agenda.last_of(first), today)
    context = {"month": agenda.month_of(first, entries, today), "can_see_team": can_see_team(request.user), "today": today}
    return render(request, "learning/group_sessions/month.html", context)


@require_safe
def team_calendar(request: PersonRequest) -> HttpResponse:
    """What my people have to finish on which day."""
    can_see_team(request.user).or_403()
    today = timezone.localdate()
    first = agenda.first_of(request.GET.get("month", ""), today)
    form = TeamChoice(request.GET, teams=teams_visible_to(request.user, today))
    team = form.cleaned_data["team"] if form.is_valid() else None
    entries = agenda.team_entries(request.user, first, agenda.last_of(first), today, team)
    context = {"month": agenda.month_of(first, entries, today), "form": form, "today": today}
    context["keep"] = f"team={team.pk}" if team else ""
    return render(request, "learning/group_sessions/team_month.html", context)


@require_safe
def calendar_address(request: PersonRequest) -> HttpResponse:
    return render(request, "learning/group_sessions/calendar.html", {"feed": queries.calendar_feed(request.user)})


@require_POST
def make_calendar_address(request: PersonRequest) -> HttpResponse:
    """A new address, shown this once: the page is not kept, and nobody can look it up again."""
    token = feeds.make_feed(actor=request.user, now=timezone.now())
    address = settings.BASE_URL.rstrip("/") + reverse("calendar_feed", args=[token])
    context = {"feed": queries.calendar_feed(request.user), "address": address}
    response = render(request, "learning/group_sessions/calendar.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def end_calendar_address(request: PersonRequest) -> HttpResponse:
    feeds.end_feed(actor=request.user, now=timezone.now())
    messages.success(request, _("The address is off. Calendars that fetch it get nothing any more."))
    return redirect("calendar_address")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The sessions of whoever's address this is. No session and no cookie: the right stands in the address."""
    if ratelimit.consume(request, app="learning.group_sessions", action="calendar", config=LIMITS, limit_get=True) is None:
        return HttpResponse(_("Too many requests. Try again in a minute."), status=429, content_type="text/plain; charset=utf-8")
    person = access.person_by_token(token)
    now = timezone.now()
    with translation.override(person.locale), timezone.override(person.time_zone):
        name = _("%(site)s: sessions and due days") % {"site": settings.SITE_NAME}
        today = timezone.localdate(now)
        days = agenda.own_days(person, today - agenda.FEED_BACK, today + agenda.FEED_AHEAD, today)
        body = calendars.feed(queries.calendar_places(person, now), name, now, days)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response
