"""The request as a view behind the sign-in gets it."""

from datetime import datetime

from django.http import HttpRequest

from people.audit import record_read
from people.models import Person


class PersonRequest(HttpRequest):
    """For annotations only: every view is behind the sign-in unless it says `@login_not_required`."""

    user: Person  # type: ignore[assignment]
    acting_as: Person | None  # the administrator who sees the site as `user`


def note_read(request: PersonRequest, subject: Person, what: str, now: datetime) -> None:
    """Put on record that somebody's cases, figures, reviews or learning were opened by somebody else.

    Who sees the site through another person's eyes is named themselves.
    """
    record_read(request.acting_as or request.user, subject, what, now)


def number_sent(request: HttpRequest, name: str) -> int | None:
    """A small whole number that a form carries; None for anything else."""
    sent = request.POST.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 6 else None
