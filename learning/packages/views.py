"""The package on the site: what it is and how far one is, and the page that frames the player."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from learning.assignments.access import can_learn, get_assignment_for, get_attempt_of
from learning.assignments.models import Assignment
from learning.assignments.queries import completion_explained, current_attempt
from learning.assignments.services import AssignmentError
from learning.modules.content import from_revision
from learning.packages import access, queries, services
from learning.packages.faults import PackageError
from learning.packages.origin import content_origin_beside
from learning.packages.tokens import token_of
from people.requests import PersonRequest


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


@never_cache
@require_safe
def package_step(request: PersonRequest, pk: int) -> HttpResponse:
    """Before and after the player: every part, what it reported, and what is still missing."""
    assignment = get_assignment_for(request.user, pk, timezone.localdate())
    can_learn(request.user, assignment).or_403()
    attempt = current_attempt(assignment)
    if attempt is None:
        return redirect("assignment_detail", pk)
    content = from_revision(attempt.revision)
    if not content.package_digest:
        raise Http404
    package = queries.package_of(attempt)
    problem = "" if package else _("The package is not here any more. Tell an editor.")
    try:
        content_origin_beside(_origin(request))
    except PackageError as error:
        problem = problem or str(error)
    explained = completion_explained(assignment)
    context = {
        "assignment": assignment,
        "content": content,
        "package": package,
        "rule": queries.completion_rule(package) if package else [],
        "panel": queries.panel_of(package, attempt) if package else None,
        "problem": problem,
        "explained": explained,
        "step_done": any(criterion.key == "package" and criterion.met for criterion in explained.criteria),
    }
    return render(request, "learning/packages/step.html", context)


@require_POST
def package_launch(request: PersonRequest, pk: int) -> HttpResponse:
    """Open the package; the answer leads to the page that frames the player."""
    now = timezone.now()
    assignment = _mine(request, pk)
    try:
        content_origin_beside(_origin(request))
        launch = services.launch_package(actor=request.user, assignment=assignment, app_origin=_origin(request), now=now)
    except (PackageError, AssignmentError) as error:
        messages.error(request, str(error))
        return redirect("assignment_detail", pk)
    return redirect("package_player", pk, launch.pk)


@never_cache
@require_safe
def package_player(request: PersonRequest, pk: int, launch: int) -> HttpResponse:
    """The page around the player. It may frame the content host, and no other page of ours may."""
    now = timezone.now()
    assignment = _mine(request, pk)
    opened = access.get_launch_of(assignment, launch, now)
    if opened is None:
        messages.info(request, _("This window has run out. Open the package again: you go on where you left off."))
        return redirect("package_step", pk)
    try:
        origin = content_origin_beside(_origin(request))
    except PackageError as error:
        messages.error(request, str(error))
        return redirect("assignment_detail", pk)
    context = {
        "assignment": assignment,
        "package": opened.package,
        "launch": opened,
        "origin": origin,
        "address": f"{origin}/p/{token_of(opened.key)}/",
    }
    response = render(request, "learning/packages/player.html", context)
    response._csp_update = {"frame-src": [origin]}  # type: ignore[attr-defined]
    return response


@require_POST
def package_seen(request: PersonRequest, pk: int) -> HttpResponse:
    """ "I have gone through it": for packages that cannot report."""
    assignment = _mine(request, pk)
    attempt = get_attempt_of(assignment)
    package = queries.package_of(attempt)
    if package is None:
        raise Http404
    try:
        services.confirm_seen(actor=request.user, attempt=attempt, package=package, now=timezone.now())
    except (PackageError, AssignmentError) as error:
        messages.error(request, str(error))
    return redirect("package_step", pk)


def _mine(request: PersonRequest, pk: int) -> Assignment:
    assignment = get_assignment_for(request.user, pk, timezone.localdate())
    can_learn(request.user, assignment).or_403()
    return assignment
