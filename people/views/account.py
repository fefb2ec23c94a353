"""My account, the invitation, and seeing the site as somebody else."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from people import queries, services
from people.access import can_act_as, get_person_to_manage
from people.delivery import preference_of
from people.forms import THEMES, DeliveryForm, InvitationForm, OwnAccountForm
from people.invitations import person_for_invitation
from people.middleware import ACTING_AS_KEY
from people.requests import PersonRequest
from people.views.shared import confirm

THEME_COOKIE = "theme"
YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
def my_account(request: PersonRequest) -> HttpResponse:
    """What everybody may see and change about themselves."""
    person = request.user
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    initial = {name: getattr(person, name) for name in ("display_name", "pronouns", "locale", "time_zone")}
    initial["theme"] = theme if theme in dict(THEMES) else "auto"
    form = OwnAccountForm(request.POST or None, initial=initial)
    if form.is_valid():
        wanted = dict(form.cleaned_data)
        theme = wanted.pop("theme")
        services.update_own_account(actor=person, now=timezone.now(), **wanted)
        messages.success(request, _("Saved."))
        response = redirect("my_account")
        response.set_cookie(
            THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
        )
        return response
    context = {
        "form": form,
        "sight": queries.what_roles_may_see(person),
        "memberships": queries.memberships_of(person),
        "today": timezone.localdate(),
    }
    return render(request, "people/my_account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def my_delivery(request: PersonRequest) -> HttpResponse:
    """How and when I am told about what waits for me."""
    preference = preference_of(request.user)
    initial = {name: getattr(preference, name) for name in ("mode", "quiet_from", "quiet_until", "weekends")}
    form = DeliveryForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.choose_delivery(actor=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("my_account")
    return render(request, "people/my_delivery.html", {"form": form})


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose the first password. The link is dead once one is set, replaced or seven days old."""
    now = timezone.now()
    person = person_for_invitation(token, now)
    if person is None:
        return render(request, "people/invitation_dead.html", status=410)
    initial = {"display_name": person.display_name, "locale": person.locale, "time_zone": person.time_zone}
    form = InvitationForm(request.POST or None, person=person, initial=initial)
    if form.is_valid():
        try:
            services.accept_invitation(person=person, now=now, **form.cleaned_data)
        except services.PeopleError as error:
            messages.error(request, str(error))
            return redirect("account_login")
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        messages.success(request, _("Welcome. Your password is set."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "people/invitation.html", {"form": form, "person": person})


@require_http_methods(["GET", "HEAD", "POST"])
def act_as_start(request: PersonRequest, pk: int) -> HttpResponse:
    """See the site as this person for half an hour; looking only."""
    person = get_person_to_manage(request.user, pk)
    can_act_as(request.user, person).or_403()
    if request.method != "POST":
        return confirm(
            request,
            title=_("See the site as %(name)s?") % {"name": person.display_name},
            text=_(
                "You see what %(name)s sees, their own cases and scores included, and can change nothing. It is announced on every "
                "page, ends after 30 minutes, and stands in the audit log with your name."
            )
            % {"name": person.display_name},
            action=_("See the site as %(name)s") % {"name": person.display_name},
            back=reverse("person_detail", args=[pk]),
            keep=_("No, stay myself"),
            destructive=False,
        )
    until = services.start_acting_as(actor=request.user, person=person, now=timezone.now())
    request.session[ACTING_AS_KEY] = {"person": person.pk, "until": until.isoformat()}
    return redirect(settings.LOGIN_REDIRECT_URL)


@require_POST
def act_as_stop(request: PersonRequest) -> HttpResponse:
    """Be yourself again."""
    state = request.session.pop(ACTING_AS_KEY, None)
    admin = request.acting_as
    if state is None or admin is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    services.stop_acting_as(actor=admin, person=request.user, reason="stopped", now=timezone.now())
    return redirect("person_detail", request.user.pk)
