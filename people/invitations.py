"""The signed link of an invitation: made, and read back."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from people.models import Person

SALT = "people.invitation"


def invitation_token(person: Person) -> str:
    """The token of the invitation last sent to this person."""
    return signing.dumps([person.pk, _fingerprint(person)], salt=SALT)


def person_for_invitation(token: str, now: datetime) -> Person | None:
    """Whom this link invites; None where it is forged, used, replaced by a newer one or too old."""
    try:
        pk, given = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = Person.objects.active().filter(pk=pk).first()
    if person is None or person.invited_at is None or person.has_usable_password():
        return None
    if now - person.invited_at > timedelta(days=settings.INVITATION_MAX_AGE_DAYS):
        return None
    return person if constant_time_compare(str(given), _fingerprint(person)) else None


def _fingerprint(person: Person) -> str:
    """Changes when a password is set, a new invitation is sent or the address changes."""
    invited = person.invited_at.timestamp() if person.invited_at else ""
    return salted_hmac(SALT, f"{person.pk}|{person.email}|{person.password}|{invited}", algorithm="sha256").hexdigest()[:32]
