"""Pages under /metrics/wall/: the wall, and the links that show it on a screen."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.metrics.demand.pictures import bars_svg
from coaching.metrics.wall import access, queries, services
from coaching.metrics.wall.forms import LinkForm
from people.models import Team
from people.requests import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wall_list(request: PersonRequest) -> HttpResponse:
    """The walls one may open, and the display links one may make and revoke."""
    access.can_hang_walls(request.user).or_403()
    now = timezone.now()
    teams = access.teams_to_hang(request.user, now)
    form = LinkForm(request.POST or None, teams=teams)
    if request.method == "POST" and form.is_valid():
        services.create_link(
            actor=request.user, team=form.cleaned_data["team"], place=form.cleaned_data["place"].strip(), now=now
        )
        messages.success(request, _("The link is ready. Open it on the screen."))
        return redirect("wall_list")
    links = list(access.links_visible_to(request.user, now))
    good = [link for link in links if link.revoked_at is None and link.expires_at > now]
    context = {
        "form": form,
        "teams": teams,
        "may_open": bool(access.can_see_walls(request.user)),
        "links": [
            (link, request.build_absolute_uri(reverse("wall_show", args=[access.token_of(link)])), access.still_stands(link, now))
            for link in good
        ],
        "ended": [link for link in links if link not in good][:20],
    }
    return render(request, "coaching/metrics/wall/list.html", context)


@login_required
@require_POST
def wall_revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """End a display link."""
    now = timezone.now()
    link = access.get_link_to_revoke(request.user, pk, now)
    services.revoke_link(actor=request.user, link=link, now=now)
    messages.success(request, _("The link is revoked. The screen goes dark within a minute."))
    return redirect("wall_list")


@login_required
@require_safe
def wall_team(request: PersonRequest, pk: int) -> HttpResponse:
    """A team's wall, signed in."""
    team = access.get_wall_team_for(request.user, pk, timezone.now())
    return _wall(request, team, reverse("wall_team", args=[team.pk]))


@login_not_required
@require_safe
def wall_show(request: HttpRequest, token: str) -> HttpResponse:
    """The same for a screen without a sign-in."""
    link = access.get_link_by_token(token, timezone.now())
    response = _wall(request, link.team, reverse("wall_show", args=[token]))
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _wall(request: HttpRequest, team: Team, address: str) -> HttpResponse:
    wall = queries.wall_of(team, timezone.now())
    labels = [f"{hour.hour:02d}" for hour in wall.hours]
    picture = bars_svg(
        labels,
        [hour.taken for hour in wall.hours],
        _("Taken and resolved today, by hour"),
        _("%(taken)s taken and %(resolved)s resolved so far.") % {"taken": wall.taken, "resolved": wall.resolved},
        second=[hour.resolved for hour in wall.hours],
    )
    context = {"team": team, "wall": wall, "address": address, "picture": picture}
    part = bool(request.headers.get("HX-Request"))
    template = "coaching/metrics/wall/_figures.html" if part else "coaching/metrics/wall/wall.html"
    response = render(request, template, context)
    response["Cache-Control"] = "private, no-store"
    return response
