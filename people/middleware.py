"""What happens around every request of a signed-in person."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from people import services
from people.access import can_act_as
from people.models import Person
from people.queries import find_person
from people.signed_out import keep, page_before

ACTING_AS_KEY = "acting_as"
ROLES_KEY = "roles"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}

GetResponse = Callable[[HttpRequest], HttpResponse]


class ActingAs:
    """Shows an administrator the site as another person sees it, for looking only.

    `request.user` is then the person seen and `request.acting_as` the administrator; otherwise
    `request.acting_as` is None. Ends by itself after the time the service gave, and at once where
    either of the two may no longer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.acting_as = None  # type: ignore[attr-defined]
        state = request.session.get(ACTING_AS_KEY)
        admin = request.user
        if state and isinstance(admin, Person):
            self._step_in(request, admin, state)
            if request.acting_as and request.method not in SAFE_METHODS and not _is_stop(request):  # type: ignore[attr-defined]
                return render(request, "people/acting_as_read_only.html", status=403)
        return self.get_response(request)

    def _step_in(self, request: HttpRequest, admin: Person, state: dict[str, str]) -> None:
        now = timezone.now()
        person = find_person(int(state["person"]))
        allowed = person is not None and can_act_as(admin, person)
        if person is None or not allowed or now >= datetime.fromisoformat(state["until"]):
            del request.session[ACTING_AS_KEY]
            if person is not None:
                reason = "expired" if allowed else "no longer allowed"
                services.stop_acting_as(actor=admin, person=person, reason=reason, now=now)
            return
        request.acting_as = admin  # type: ignore[attr-defined]
        request.user = person


def _is_stop(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).url_name == "act_as_stop"
    except Resolver404:
        return False


class SignInFirst(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless its view says otherwise, and leads back afterwards.

    Who sends something is led back to the page that sent it: its address may take nothing else. What they sent is kept
    where the view wants that.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> HttpResponseRedirect:
        back = None
        if request.method not in SAFE_METHODS:
            keep(request, view_func, timezone.now())
            back = page_before(request)
        if back is None:
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(back, resolve_url(self.get_login_url(view_func)), self.get_redirect_field_name(view_func))


class SessionRotation:
    """A new session key when the person's roles have changed: a copied key does not gain the new rights."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = getattr(request, "acting_as", None) or request.user
        if isinstance(person, Person):
            roles = ",".join(sorted(person.roles))
            known = request.session.get(ROLES_KEY)
            if known != roles:
                if known is not None:
                    request.session.cycle_key()
                request.session[ROLES_KEY] = roles
        return self.get_response(request)


class PersonalPreferences:
    """Times in the person's own zone, words in their own language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if not person.is_authenticated:
            return self.get_response(request)
        request.LANGUAGE_CODE = person.locale
        with timezone.override(ZoneInfo(person.time_zone)), translation.override(person.locale):
            return self.get_response(request)
