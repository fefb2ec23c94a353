"""When somebody is away. Other rooms give no work to who is."""

from datetime import date, datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.audit import record
from people.models import Absence, Person
from people.services.errors import PeopleError


@transaction.atomic
def record_absence(
    *, actor: Person | None, person: Person, starts_on: date, until: date, note: str = "", now: datetime
) -> Absence:
    """Note that somebody is away on these days, both included. The note enters no log.

    Raises PeopleError where the last day lies before the first, or some of the days are noted already.
    """
    if until < starts_on:
        raise PeopleError(_("The last day lies before the first."))
    # Held until the end: a second wish for the same person looks only after the first is stored.
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    other = Absence.objects.filter(person=person, starts_on__lte=until, until__gte=starts_on).first()
    if other is not None:
        days = {"first": date_format(other.starts_on, "j F Y"), "last": date_format(other.until, "j F Y")}
        raise PeopleError(_("%(first)s to %(last)s is noted already. Remove that first, or choose other days.") % days)
    absence = Absence.objects.create(
        person=person, starts_on=starts_on, until=until, note=note.strip(), recorded_by=actor, recorded_at=now
    )
    days = {"starts_on": starts_on.isoformat(), "until": until.isoformat()}
    record(actor=actor, verb="absence.record", target=absence, subject=person, after=days, now=now)
    return absence


@transaction.atomic
def remove_absence(*, actor: Person | None, absence: Absence, now: datetime) -> None:
    """They are there after all. Removing it twice changes nothing."""
    found = Absence.objects.select_for_update(of=("self",)).select_related("person").filter(pk=absence.pk).first()
    if found is None:
        return
    days = {"starts_on": found.starts_on.isoformat(), "until": found.until.isoformat()}
    record(actor=actor, verb="absence.remove", target=found, subject=found.person, before=days, now=now)
    found.delete()
