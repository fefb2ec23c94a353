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

from learning.group_sessions import access, calendars, feeds, queries
from people.requests import PersonRequest

LIMITS = {"calendar": "60/m/ip"}


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
    with translation.override(person.locale):
        name = _("%(site)s sessions") % {"site": settings.SITE_NAME}
        body = calendars.feed(queries.calendar_places(person, now), name, now)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response
