"""Reads of certificates, ready for a screen."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from learning.certificates.access import others_certificates_visible_to, own_certificates
from learning.certificates.models import Certificate, CertificateQuerySet
from learning.certificates.validity import ANNIVERSARY, FIXED_DATE
from people.models import Person


def certificates_of(person: Person, *, search: str = "", state: str = "", on: date) -> CertificateQuerySet:
    """One's own, the latest first. `state` is one of Certificate.State, or "" for all."""
    return _filtered(own_certificates(person), search, state, on)


def team_certificates(viewer: Person, *, search: str = "", state: str = "", on: date) -> CertificateQuerySet:
    """Those of the viewer's people, the latest first; `search` in name, module and number."""
    return _filtered(others_certificates_visible_to(viewer, on), search, state, on)


def _filtered(rows: CertificateQuerySet, search: str, state: str, on: date) -> CertificateQuerySet:
    for word in search.split()[:8]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(person__display_name__icontains=word)
            | Q(title__icontains=word)
            | Q(number__icontains=word)
        )
    if state:
        rows = rows.in_state(state, on)
    return rows.select_related("person", "revocation").order_by("-issued_at", "-pk")


def certificates_for(completion_ids: list[int]) -> dict[int, Certificate]:
    """The certificate of each of these completions that earned one. One query."""
    found = Certificate.objects.select_related("revocation").filter(completion__in=completion_ids)
    return {certificate.completion: certificate for certificate in found}


def revoked_places(start: int, length: int) -> list[int] | None:
    """Which certificates of a stretch of ids are revoked, counted from its start; None where there is none in it yet."""
    rows = Certificate.objects.filter(pk__gte=start, pk__lt=start + length)
    if not rows.exists():
        return None
    revoked = rows.filter(revocation__isnull=False).order_by("pk").values_list("pk", flat=True)
    return [pk - start for pk in revoked]


def newer_certificate(certificate: Certificate) -> Certificate | None:
    """The one by which the person has renewed it; None where it is their latest of this module."""
    rows = Certificate.objects.filter(person=certificate.person_id, module=certificate.module_id, pk__gt=certificate.pk)
    return rows.standing().order_by("pk").first()


def expiring_between(people: QuerySet[Person], first: date, last: date) -> CertificateQuerySet:
    """Certificates of these people whose last day falls into these days, and that no later one has replaced."""
    later = Certificate.objects.filter(person=OuterRef("person"), module=OuterRef("module"), pk__gt=OuterRef("pk"))
    rows = Certificate.objects.standing().filter(person__in=people.values("pk"), valid_until__gte=first, valid_until__lte=last)
    return rows.filter(~Exists(later.standing())).order_by("valid_until", "pk")


def to_renew(on: date) -> CertificateQuerySet:
    """Certificates whose window has opened, the latest of their person and module, of people with an account in use.

    Revoked ones are none: that was a decision, and a lead may assign the module again.
    """
    later = Certificate.objects.filter(person=OuterRef("person"), module=OuterRef("module"), pk__gt=OuterRef("pk"))
    rows = Certificate.objects.standing().filter(
        expiring_from__lte=on, rule__renewal__in=[ANNIVERSARY, FIXED_DATE], person__is_active=True
    )
    return rows.filter(~Exists(later)).select_related("person", "module").order_by("pk")
