"""Accounts: made, changed, switched off and on; how other systems name a person."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from people.audit import record
from people.models import DeliveryPreference, ExternalId, Person, Role
from people.services.errors import PeopleError
from people.services.roles import grant_role, require_another_admin


@transaction.atomic
def create_person(
    *,
    actor: Person | None,
    email: str,
    display_name: str,
    roles: Iterable[Role] = (),
    time_zone: str = "UTC",
    locale: str = "en",
    pronouns: str = "",
    joined_on: date | None = None,
    password: str | None = None,
    now: datetime,
) -> Person:
    """Create an account. Without a password the person signs in first through an invite link.

    Raises PeopleError where the address is already in use.
    """
    email = email.strip().lower()
    _require_free_email(email)
    person = Person(
        email=email, display_name=display_name.strip(), time_zone=time_zone, locale=locale, pronouns=pronouns, joined_on=joined_on
    )
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(password)
    person.save()
    record(actor=actor, verb="person.create", target=person, subject=person, after={"email": email}, now=now)
    for role in roles:
        grant_role(actor=actor, person=person, role=role, now=now)
    return person


@transaction.atomic
def update_person(
    *,
    actor: Person | None,
    person: Person,
    email: str,
    display_name: str,
    time_zone: str,
    locale: str,
    pronouns: str,
    joined_on: date | None,
    now: datetime,
) -> bool:
    """Correct what is known about a person; True where something changed.

    A new e-mail address ends the person's sessions and every link sent to the old one. Raises
    PeopleError where the address belongs to somebody else.
    """
    email = email.strip().lower()
    if email != person.email:
        _require_free_email(email)
        # Added to what is stored, not to what this request has read: a deactivation may have come in between.
        Person.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
        person.refresh_from_db(fields=["session_epoch"])
    return _change(
        actor=actor,
        person=person,
        wanted={
            "email": email,
            "display_name": display_name.strip(),
            "time_zone": time_zone,
            "locale": locale,
            "pronouns": pronouns.strip(),
            "joined_on": joined_on,
        },
        verb="person.update",
        now=now,
    )


@transaction.atomic
def update_own_account(*, actor: Person, display_name: str, pronouns: str, locale: str, time_zone: str, now: datetime) -> bool:
    """What everybody may change about themselves; True where something changed."""
    return _change(
        actor=actor,
        person=actor,
        wanted={"display_name": display_name.strip(), "pronouns": pronouns.strip(), "locale": locale, "time_zone": time_zone},
        verb="account.update",
        now=now,
    )


@transaction.atomic
def choose_delivery(
    *, actor: Person, mode: str, quiet_from: time, quiet_until: time, weekends: bool, now: datetime
) -> DeliveryPreference:
    """How and when one wants to be told."""
    preference, _created = DeliveryPreference.objects.get_or_create(person=actor)
    before = _delivery(preference)
    preference.mode, preference.weekends = mode, weekends
    preference.quiet_from, preference.quiet_until = quiet_from, quiet_until
    preference.save()
    if _delivery(preference) != before:
        record(
            actor=actor, verb="account.choose_delivery", target=actor, subject=actor,
            before=before, after=_delivery(preference), now=now,
        )  # fmt: skip
    return preference


def _delivery(preference: DeliveryPreference) -> dict[str, object]:
    return {
        "delivery": str(preference.mode), "weekends": preference.weekends,
        "quiet_from": preference.quiet_from.strftime("%H:%M"), "quiet_until": preference.quiet_until.strftime("%H:%M"),
    }  # fmt: skip


@transaction.atomic
def deactivate_person(*, actor: Person | None, person: Person, now: datetime) -> None:
    """Switch an account off: sessions and all access end with the next request; history stays.

    Raises PeopleError where this is the last active administrator.
    """
    if not person.is_active:
        return
    require_another_admin(person)
    Person.objects.filter(pk=person.pk).update(is_active=False, session_epoch=F("session_epoch") + 1)
    person.refresh_from_db(fields=["is_active", "session_epoch"])
    record(actor=actor, verb="person.deactivate", target=person, subject=person, before={"active": True}, now=now)


@transaction.atomic
def reactivate_person(*, actor: Person | None, person: Person, now: datetime) -> None:
    """Switch an account on again. Old sessions stay ended: the person signs in anew."""
    if person.is_active:
        return
    person.is_active = True
    person.save(update_fields=["is_active"])
    record(actor=actor, verb="person.reactivate", target=person, subject=person, before={"active": False}, now=now)


@transaction.atomic
def add_external_id(*, actor: Person | None, person: Person, source: str, value: str, now: datetime) -> bool:
    """Note how another system names this person; True where it is new.

    Raises PeopleError where that name already belongs to somebody else.
    """
    source, value = source.strip().lower(), value.strip()
    if _has_external_id(person, source, value):
        return False
    try:
        with transaction.atomic():
            ExternalId.objects.create(person=person, source=source, value=value)
    except IntegrityError as error:
        # Somebody else was faster between the look and the insert; the constraint kept it single.
        if _has_external_id(person, source, value):
            return False
        raise PeopleError(
            _("Somebody else changed %(source)s:%(value)s at the same moment. Please try again.")
            % {"source": source, "value": value}
        ) from error
    record(
        actor=actor,
        verb="external_id.add",
        target=person,
        subject=person,
        after={"source": source, "value": value},
        now=now,
    )
    return True


@transaction.atomic
def remove_external_id(*, actor: Person | None, external_id: ExternalId, now: datetime) -> None:
    """Forget how another system names this person."""
    person = external_id.person
    before = {"source": external_id.source, "value": external_id.value}
    external_id.delete()
    record(actor=actor, verb="external_id.remove", target=person, subject=person, before=before, now=now)


def _has_external_id(person: Person, source: str, value: str) -> bool:
    """Is the person named so already? Raises PeopleError where somebody else is."""
    known = ExternalId.objects.select_related("person").filter(source=source, value=value).first()
    if known is None:
        return False
    if known.person_id != person.pk:
        raise PeopleError(
            _("%(id)s already belongs to %(person)s. Remove it there first.") % {"id": known, "person": known.person}
        )
    return True


def _require_free_email(email: str) -> None:
    if Person.objects.filter(email=email).exists():
        raise PeopleError(_("%(email)s already has an account.") % {"email": email})


def _change(*, actor: Person | None, person: Person, wanted: dict[str, Any], verb: str, now: datetime) -> bool:
    before = {name: getattr(person, name) for name, value in wanted.items() if getattr(person, name) != value}
    if not before:
        return False
    for name in before:
        setattr(person, name, wanted[name])
    person.save(update_fields=list(before))
    record(
        actor=actor,
        verb=verb,
        target=person,
        subject=person,
        before={name: _plain(value) for name, value in before.items()},
        after={name: _plain(wanted[name]) for name in before},
        now=now,
    )
    return True


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
