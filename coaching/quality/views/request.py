"""The request as these views get it: behind `login_required`, so somebody is signed in."""

from django.http import HttpRequest

from people.models import Person


class SignedInRequest(HttpRequest):
    user: Person  # type: ignore[assignment]
