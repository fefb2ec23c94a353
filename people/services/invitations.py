"""Invitations: how somebody gets their first password. A link works once, for seven days."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from people import tasks
from people.audit import record
from people.models import Person
from people.services.errors import PeopleError


@transaction.atomic
def invite_person(*, actor: Person | None, person: Person, now: datetime) -> None:
    """Send an invitation; an earlier one stops working. The mail leaves after commit, as a task.

    Raises PeopleError where the account is off, or its owner has already chosen a password.
    """
    if not person.is_active:
        raise PeopleError(_("This account is switched off. Switch it on first."))
    if person.has_usable_password():
        raise PeopleError(
            _("%(person)s has already chosen a password. “Forgot your password?” on the sign-in page helps.") % {"person": person}
        )
    person.invited_at = now
    person.save(update_fields=["invited_at"])
    record(actor=actor, verb="person.invite", target=person, subject=person, now=now)
    transaction.on_commit(partial(tasks.send_invitation.enqueue, person.pk))


@transaction.atomic
def accept_invitation(*, person: Person, password: str, display_name: str, time_zone: str, locale: str, now: datetime) -> None:
    """Set the first password and what the person corrected about themselves; the link is dead from now on.

    `password` has passed the validators (the form's work). Raises PeopleError where another
    request was faster.
    """
    locked = Person.objects.select_for_update().get(pk=person.pk)
    if locked.has_usable_password() or not locked.is_active:
        raise PeopleError(_("This invitation has already been used. Sign in instead."))
    person.set_password(password)
    person.display_name, person.time_zone, person.locale = display_name.strip(), time_zone, locale
    person.save(update_fields=["password", "display_name", "time_zone", "locale"])
    record(actor=person, verb="invitation.accept", target=person, subject=person, now=now)
