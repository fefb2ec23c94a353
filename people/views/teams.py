"""The tree of teams, and a person's way into and out of a team."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import queries, services
from people.access import can_manage_people, get_membership_to_manage, get_person_to_manage, get_team_to_manage
from people.forms import JoinTeamForm, LeaveTeamForm, TeamForm
from people.requests import PersonRequest
from people.views.shared import attempt_and_return, confirm


@require_safe
def team_tree(request: PersonRequest) -> HttpResponse:
    can_manage_people(request.user).or_403()
    return render(request, "people/team_tree.html", {"roots": queries.team_tree(timezone.localdate())})


@require_http_methods(["GET", "HEAD", "POST"])
def team_create(request: PersonRequest) -> HttpResponse:
    can_manage_people(request.user).or_403()
    form = TeamForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    if form.is_valid():
        try:
            team = services.create_team(actor=request.user, now=timezone.now(), **form.cleaned_data)
        except services.PeopleError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("The team %(name)s is there.") % {"name": team.name})
            return redirect("team_tree")
    return render(request, "people/team_form.html", {"form": form, "team": None})


@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Rename a team or hang it elsewhere in the tree."""
    team = get_team_to_manage(request.user, pk)
    form = TeamForm(request.POST or None, initial={"name": team.name, "parent": team.parent_id})
    if form.is_valid():
        try:
            services.change_team(actor=request.user, team=team, now=timezone.now(), **form.cleaned_data)
        except services.PeopleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("team_tree")
    return render(request, "people/team_form.html", {"form": form, "team": team})


@require_POST
def team_join(request: PersonRequest, pk: int) -> HttpResponse:
    """Move a person to a team from a day on, or make them its lead."""
    person = get_person_to_manage(request.user, pk)
    form = JoinTeamForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a team and a day."))
        return redirect("person_detail", pk)
    return attempt_and_return(
        request,
        lambda: services.join_team(actor=request.user, person=person, now=timezone.now(), **form.cleaned_data),
        _("Saved. Days before that one keep the team they had."),
        "person_detail",
        pk,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def team_leave(request: PersonRequest, pk: int, membership_pk: int) -> HttpResponse:
    membership = get_membership_to_manage(request.user, pk, membership_pk)
    form = LeaveTeamForm(request.POST or None, initial={"ends_on": timezone.localdate()})
    if not form.is_valid():
        return confirm(
            request,
            title=_("End the time of %(name)s in %(team)s?") % {"name": membership.person, "team": membership.team},
            text=_("Days before that one keep the team."),
            action=_("End it"),
            back=reverse("person_detail", args=[pk]),
            form=form,
        )
    return attempt_and_return(
        request,
        lambda: services.leave_team(
            actor=request.user, membership=membership, ends_on=form.cleaned_data["ends_on"], now=timezone.now()
        ),
        _("Saved."),
        "person_detail",
        pk,
    )
