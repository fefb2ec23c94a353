"""Pages under /metrics/connections/: connect a helpdesk, see how it does, run it, pause it, let it go."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.connectors import access, queries, services
from coaching.connectors.forms import ConnectionForm
from coaching.connectors.problems import ConnectorError
from coaching.connectors.systems import SYSTEMS
from people.requests import PersonRequest

PER_PAGE = 25
FORM_AND_SAFE = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def connection_list(request: PersonRequest) -> HttpResponse:
    """All connections and how they do."""
    access.can_manage_connections(request.user).or_403()
    page = Paginator(access.connections_visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = queries.standings(list(page), timezone.now())
    return render(request, "coaching/connectors/list.html", {"page": page, "rows": rows})


@login_required
@require_safe
def connection_choose(request: PersonRequest) -> HttpResponse:
    """Which helpdesk it is."""
    access.can_manage_connections(request.user).or_403()
    return render(request, "coaching/connectors/choose.html", {"systems": SYSTEMS.values()})


@sensitive_post_parameters()
@login_required
@require_http_methods(FORM_AND_SAFE)
def connection_add(request: PersonRequest, system: str) -> HttpResponse:
    """What to type for this helpdesk; tried before it is stored."""
    access.can_manage_connections(request.user).or_403()
    if system not in SYSTEMS:
        raise Http404
    chosen = SYSTEMS[system]
    form = ConnectionForm(request.POST or None, system=chosen, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            who = services.try_credentials(
                system=system, base_url=form.cleaned_data["address"], credentials=form.credentials(), clock=timezone.now
            )
            connection = services.add_connection(
                actor=request.user,
                system=system,
                name=form.cleaned_data["name"],
                source_key=form.cleaned_data["source"],
                base_url=form.cleaned_data["address"],
                credentials=form.credentials(),
                interval_minutes=form.cleaned_data["interval_minutes"],
                fetch_since=form.cleaned_data["fetch_since"],
                now=timezone.now(),
            )
        except (ConnectorError, services.ConnectionRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _signed_in(chosen.name, who))
            return redirect("connection_detail", connection.pk)
    return render(request, "coaching/connectors/form.html", {"form": form, "system": chosen, "connection": None})


@login_required
@require_safe
def connection_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """How one connection does, and its history. Asks for its state again while it runs."""
    connection = access.get_connection_for(request.user, pk)
    now = timezone.now()
    run = queries.newest_run(connection)
    standing = queries.standing(connection, run.state if run else None, now)
    context: dict[str, Any] = {
        "connection": connection,
        "run": run,
        "standing": standing,
        "stale": queries.is_stale(connection, now),
        "unanswered": queries.unanswered(run, now),
    }
    if request.headers.get("HX-Request"):
        return render(request, "coaching/connectors/_status.html", context)
    context["page"] = Paginator(queries.runs_of(connection), PER_PAGE).get_page(request.GET.get("page"))
    context["system"] = SYSTEMS[connection.system]
    return render(request, "coaching/connectors/detail.html", context)


@sensitive_post_parameters()
@login_required
@require_http_methods(FORM_AND_SAFE)
def connection_change(request: PersonRequest, pk: int) -> HttpResponse:
    """Another name, address, interval, or new credentials; the stored ones are never shown."""
    connection = access.get_connection_for(request.user, pk)
    chosen = SYSTEMS[connection.system]
    form = ConnectionForm(request.POST or None, system=chosen, connection=connection, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            services.change_connection(
                actor=request.user,
                connection=connection,
                name=form.cleaned_data["name"],
                base_url=form.cleaned_data["address"],
                credentials=form.credentials(),
                interval_minutes=form.cleaned_data["interval_minutes"],
                now=timezone.now(),
            )
        except services.ConnectionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The connection was changed. Test it to be sure."))
            return redirect("connection_detail", connection.pk)
    return render(request, "coaching/connectors/form.html", {"form": form, "system": chosen, "connection": connection})


@login_required
@require_POST
def connection_check(request: PersonRequest, pk: int) -> HttpResponse:
    """Sign in once and say how it went."""
    connection = access.get_connection_for(request.user, pk)
    try:
        who = services.check_connection(actor=request.user, connection=connection, clock=timezone.now)
    except ConnectorError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _signed_in(connection.name, who))
    return redirect("connection_detail", pk)


@login_required
@require_POST
def connection_run(request: PersonRequest, pk: int) -> HttpResponse:
    """Fetch what is new, now."""
    connection = access.get_connection_for(request.user, pk)
    try:
        services.run_connection(actor=request.user, connection=connection, now=timezone.now())
    except services.ConnectionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("connection_detail", pk)


@login_required
@require_POST
def connection_pause(request: PersonRequest, pk: int) -> HttpResponse:
    """Fetch nothing for a while."""
    connection = access.get_connection_for(request.user, pk)
    services.pause_connection(actor=request.user, connection=connection, now=timezone.now())
    messages.success(request, _("Nothing is fetched until you resume it."))
    return redirect("connection_detail", pk)


@login_required
@require_POST
def connection_resume(request: PersonRequest, pk: int) -> HttpResponse:
    """Fetch again."""
    connection = access.get_connection_for(request.user, pk)
    services.resume_connection(actor=request.user, connection=connection, now=timezone.now())
    messages.success(request, _("It is fetched again, from where it stopped."))
    return redirect("connection_detail", pk)


@login_required
@require_http_methods(FORM_AND_SAFE)
def connection_delete(request: PersonRequest, pk: int) -> HttpResponse:
    """Asks first. What was fetched stays."""
    connection = access.get_connection_for(request.user, pk)
    if request.method == "POST":
        services.delete_connection(actor=request.user, connection=connection, now=timezone.now())
        messages.success(request, _("The connection and its credentials were deleted. What it had fetched stays."))
        return redirect("connection_list")
    return render(request, "coaching/connectors/delete.html", {"connection": connection})


def _signed_in(name: str, who: str) -> str:
    if who:
        return _("%(name)s lets us in, as %(who)s.") % {"name": name, "who": who}
    return _("%(name)s lets us in.") % {"name": name}
