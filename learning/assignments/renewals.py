"""Recertification: the next cycle of a module, opened by the window of the certificate. What was proved before stays.

It is an assignment like any other, with the certificate as its because. Nothing is reset: the earlier assignment, its
attempts, completion and certificate are not touched, and the old certificate can be verified as long as anybody asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from learning.assignments.models import Assignment
from learning.assignments.services import AlreadyAssigned, AssignmentError, assign_module
from learning.certificates.models import Certificate
from learning.certificates.queries import to_renew

# Where the window was missed (nothing ran, or the account was off).
AT_LEAST = timedelta(days=14)


@dataclass(frozen=True)
class Renewed:
    """What a run did: cycles opened; people who had the module to do anyway; modules that are off or promise none."""

    opened: int
    already: int
    left_out: int


def open_renewals(*, now: datetime) -> Renewed:
    """Open the next cycle for every certificate whose window has opened. Running it again opens none of them twice.

    Each in a transaction of its own: one that cannot be opened holds up nobody else.
    """
    today = timezone.localdate(now)
    opened = already = left_out = 0
    done = set(Assignment.objects.filter(source=Assignment.Source.RENEWAL).values_list("cause", flat=True))
    for certificate in to_renew(today).defer("module__lessons", "module__quiz").iterator(chunk_size=500):
        if cause_of(certificate) in done:
            continue
        if not certificate.module.live or certificate.module.certificate_template_id is None:
            left_out += 1
            continue
        try:
            open_renewal(certificate=certificate, now=now)
        except AlreadyAssigned:
            already += 1
        except AssignmentError:
            left_out += 1
        else:
            opened += 1
    return Renewed(opened, already, left_out)


@transaction.atomic
def open_renewal(*, certificate: Certificate, now: datetime) -> Assignment:
    """The next cycle for one certificate; the one opened before where there is one, also where it was withdrawn.

    Raises AlreadyAssigned where the person has the module to do anyway: completing that renews it as well.
    """
    person = certificate.person
    with override(person.locale):
        because = _("Your certificate of %(day)s is good until %(until)s. Take the module again to keep it going.") % {
            "day": date_format(certificate.valid_from, "j F Y"),
            "until": date_format(certificate.valid_until, "j F Y") if certificate.valid_until else "–",
        }
    return assign_module(
        actor=None,
        person=person,
        module=certificate.module,
        due_on=_due(certificate, timezone.localdate(now)),
        source=Assignment.Source.RENEWAL,
        because=because,
        evidence_url=reverse("certificate_detail", args=[certificate.pk]),
        cause=cause_of(certificate),
        now=now,
    )


def cause_of(certificate: Certificate) -> str:
    return f"renewal:certificate:{certificate.pk}"


def _due(certificate: Certificate, today: date) -> date:
    """The last day it is good for, or some days from now where that has passed or is too near."""
    soonest = today + AT_LEAST
    until = certificate.valid_until
    return until if until is not None and until > today else soonest
