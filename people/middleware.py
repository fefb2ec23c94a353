"""The signed-in person's own time zone, and signing in as somebody else (read-only)."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class ActingAs:
    """Replaced by the people room: shows an administrator the site as another person sees it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class PersonalTimeZone:
    """Show times in the signed-in person's zone; the organisation's where nobody is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = getattr(request.user, "time_zone", None)
        if zone:
            with timezone.override(ZoneInfo(zone)):
                return self.get_response(request)
        return self.get_response(request)
