"""Who may see which certificate: one's own, a lead those of their people, the head and administrators all.

A certificate is made to be shown, and an administrator has to find one to revoke it. Whoever has its number may verify
it without signing in: see `get_certificate_by_number`.
"""

import uuid
from datetime import date

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.certificates.models import Certificate, CertificateQuerySet
from people.access import people_led_by, people_visible_to
from people.models import Person, Role


def own_certificates(person: Person) -> CertificateQuerySet:
    return Certificate.objects.filter(person=person)


def certificates_visible_to(person: Person, on: date) -> CertificateQuerySet:
    if person.has_role(Role.ADMIN):
        return Certificate.objects.all()
    return Certificate.objects.filter(person__in=people_visible_to(person, on).values("pk"))


def others_certificates_visible_to(person: Person, on: date) -> CertificateQuerySet:
    """Those of other people: what the list of a lead shows."""
    if person.has_role(Role.ADMIN):
        return Certificate.objects.exclude(person=person)
    return Certificate.objects.filter(person__in=people_led_by(person, on).values("pk"))


def get_certificate_for(person: Person, pk: int, on: date) -> Certificate:
    """A certificate this person may read; 404 where it is not theirs to know."""
    rows = certificates_visible_to(person, on).select_related("person", "revocation__revoked_by").filter(pk=pk)
    certificate: Certificate | None = rows.first()
    if certificate is None:
        raise Http404
    return certificate


def get_certificate_by_number(text: str) -> Certificate | None:
    """The certificate of a number as it stands on the paper, for anybody; None where there is none."""
    try:
        number = uuid.UUID(text)
    except ValueError:
        return None
    return Certificate.objects.select_related("revocation").filter(number=number).first()


def can_see_others(person: Person) -> Decision:
    if person.has_role(Role.LEAD, Role.HEAD, Role.ADMIN):
        return ALLOWED
    return denied(_("Team leads and the head of support see the certificates of their people."))


def can_revoke(person: Person) -> Decision:
    if person.has_role(Role.HEAD, Role.ADMIN):
        return ALLOWED
    return denied(_("Only the head of support or an administrator revokes a certificate."))
