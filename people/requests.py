"""The request as a view behind the sign-in gets it."""

from django.http import HttpRequest

from people.models import Person


class PersonRequest(HttpRequest):
    """For annotations only: every view is behind the sign-in unless it says `@login_not_required`."""

    user: Person  # type: ignore[assignment]
    acting_as: Person | None  # the administrator who sees the site as `user`
