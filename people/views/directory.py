"""The directory, and one person's page with everything an administrator does to an account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import queries, services
from people.access import can_act_as, can_manage_people, get_external_id_to_manage, get_person_to_manage
from people.audit_text import audit_rows
from people.forms import AddPersonForm, DirectoryFilterForm, ExternalIdForm, JoinTeamForm, PersonForm, RoleForm
from people.models import Role
from people.requests import PersonRequest
from people.views.shared import attempt, attempt_and_return, confirm, page_of

AUDIT_ROWS_ON_PERSON_PAGE = 10


@require_safe
def people_list(request: PersonRequest) -> HttpResponse:
    can_manage_people(request.user).or_403()
    form = DirectoryFilterForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    people = queries.people_directory(
        on=timezone.localdate(),
        search=wanted.get("q", ""),
        role=wanted.get("role", ""),
        team=wanted.get("team"),
        state=wanted.get("state") or "active",
    )
    context = {"form": form, "page_obj": page_of(request, people), "filtered": any(wanted.values()), "now": timezone.now()}
    return render(request, "people/people_list.html", context)


@require_safe
def person_detail(request: PersonRequest, pk: int) -> HttpResponse:
    person = get_person_to_manage(request.user, pk)
    now, today = timezone.now(), timezone.localdate()
    missing = [(role.value, role.label) for role in Role if role.value not in person.roles]
    role_form = RoleForm()
    role_form.offer(missing)
    context = {
        "person": person,
        "today": today,
        "roles": [role for role in Role if role.value in person.roles],
        "role_form": role_form if missing else None,
        "join_form": JoinTeamForm(initial={"starts_on": today}),
        "external_id_form": ExternalIdForm(),
        "memberships": queries.memberships_of(person),
        "external_ids": person.external_ids.all(),
        "invitation": queries.invitation_state(person, now),
        "may_act_as": can_act_as(request.user, person),
        "done_to": audit_rows(queries.audit_log(request.user, done_to=person)[:AUDIT_ROWS_ON_PERSON_PAGE]),
        "done_by": audit_rows(queries.audit_log(request.user, done_by=person)[:AUDIT_ROWS_ON_PERSON_PAGE]),
    }
    return render(request, "people/person_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: PersonRequest) -> HttpResponse:
    can_manage_people(request.user).or_403()
    form = AddPersonForm(request.POST or None, initial={"time_zone": request.user.time_zone, "locale": request.user.locale})
    if form.is_valid():
        wanted = dict(form.cleaned_data)
        try:
            person = services.add_person(
                actor=request.user,
                roles=[Role(role) for role in wanted.pop("roles")],
                today=timezone.localdate(),
                now=timezone.now(),
                **wanted,
            )
        except services.PeopleError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("%(name)s has an account.") % {"name": person.display_name})
            return redirect("person_detail", person.pk)
    return render(request, "people/person_form.html", {"form": form, "person": None})


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: PersonRequest, pk: int) -> HttpResponse:
    person = get_person_to_manage(request.user, pk)
    fields = ("email", "display_name", "pronouns", "joined_on", "locale", "time_zone")
    form = PersonForm(request.POST or None, initial={name: getattr(person, name) for name in fields})
    if form.is_valid():
        try:
            services.update_person(actor=request.user, person=person, now=timezone.now(), **form.cleaned_data)
        except services.PeopleError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("person_detail", pk)
    return render(request, "people/person_form.html", {"form": form, "person": person})


@require_POST
def person_invite(request: PersonRequest, pk: int) -> HttpResponse:
    person = get_person_to_manage(request.user, pk)
    return attempt_and_return(
        request,
        lambda: services.invite_person(actor=request.user, person=person, now=timezone.now()),
        _("The invitation is on its way to %(email)s. An earlier link no longer works.") % {"email": person.email},
        "person_detail",
        pk,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def person_deactivate(request: PersonRequest, pk: int) -> HttpResponse:
    person = get_person_to_manage(request.user, pk)
    if request.method != "POST":
        return confirm(
            request,
            title=_("Switch off the account of %(name)s?") % {"name": person.display_name},
            text=_("Sessions and all access end at once. History stays. You can switch the account on again."),
            action=_("Switch off"),
            back=reverse("person_detail", args=[pk]),
        )
    return attempt_and_return(
        request,
        lambda: services.deactivate_person(actor=request.user, person=person, now=timezone.now()),
        _("The account is switched off."),
        "person_detail",
        pk,
    )


@require_POST
def person_reactivate(request: PersonRequest, pk: int) -> HttpResponse:
    person = get_person_to_manage(request.user, pk)
    return attempt_and_return(
        request,
        lambda: services.reactivate_person(actor=request.user, person=person, now=timezone.now()),
        _("The account is switched on."),
        "person_detail",
        pk,
    )


@require_POST
def role_grant(request: PersonRequest, pk: int) -> HttpResponse:
    person = get_person_to_manage(request.user, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a role."))
        return redirect("person_detail", pk)
    role = Role(form.cleaned_data["role"])
    return attempt_and_return(
        request,
        lambda: services.grant_role(actor=request.user, person=person, role=role, now=timezone.now()),
        _("%(name)s is now: %(role)s.") % {"name": person.display_name, "role": role.label},
        "person_detail",
        pk,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def role_revoke(request: PersonRequest, pk: int, role: str) -> HttpResponse:
    person = get_person_to_manage(request.user, pk)
    wanted = Role(role)
    if request.method != "POST":
        return confirm(
            request,
            title=_("Take a role away from %(name)s?") % {"name": person.display_name},
            text=_("With the role “%(role)s” goes what it may see and do, from the next page on.") % {"role": wanted.label},
            action=_("Take the role away"),
            back=reverse("person_detail", args=[pk]),
        )
    return attempt_and_return(
        request,
        lambda: services.revoke_role(actor=request.user, person=person, role=wanted, now=timezone.now()),
        _("The role is taken away."),
        "person_detail",
        pk,
    )


@require_POST
def external_id_add(request: PersonRequest, pk: int) -> HttpResponse:
    person = get_person_to_manage(request.user, pk)
    form = ExternalIdForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Fill in both the system and the name there."))
        return redirect("person_detail", pk)
    attempt(
        request,
        lambda: services.add_external_id(actor=request.user, person=person, now=timezone.now(), **form.cleaned_data),
        _("Saved. Imports now recognise this person by it."),
    )
    return redirect("person_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def external_id_remove(request: PersonRequest, pk: int, external_id_pk: int) -> HttpResponse:
    external_id = get_external_id_to_manage(request.user, pk, external_id_pk)
    if request.method != "POST":
        return confirm(
            request,
            title=_("Remove %(id)s?") % {"id": external_id},
            text=_("Imports will no longer recognise this person by it. What was imported stays."),
            action=_("Remove"),
            back=reverse("person_detail", args=[pk]),
        )
    return attempt_and_return(
        request,
        lambda: services.remove_external_id(actor=request.user, external_id=external_id, now=timezone.now()),
        _("Removed."),
        "person_detail",
        pk,
    )
