"""Certificates: proof to show to somebody outside. What was issued never changes; revoking adds a row of its own."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from learning.modules.models import Module
from people.models import Person


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("Certificates are append-only.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise TypeError("Certificates are append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("Certificates are append-only.")


class CertificateQuerySet(AppendOnlyQuerySet):
    def standing(self) -> CertificateQuerySet:
        return self.filter(revocation=None)

    def in_state(self, state: str, on: date) -> CertificateQuerySet:
        """Those of one `Certificate.State` on a day."""
        states = Certificate.State
        if state == states.REVOKED:
            return self.filter(revocation__isnull=False)
        rows = self.standing()
        if state == states.EXPIRED:
            return rows.filter(valid_until__lt=on)
        if state == states.EXPIRING:
            return rows.filter(valid_until__gte=on, expiring_from__lte=on)
        return rows.filter(Q(valid_until=None) | Q(valid_until__gte=on, expiring_from__gt=on))


class AppendOnly(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Certificates are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Certificates are append-only.")


class Certificate(AppendOnly):
    """Who completed which revision of which module, with the words and the rule of the template as they were that day.

    `completion` is the number of the completion it stands for: that room lies above, so there is no key to it.
    `number` is random and stands in the address that anybody may open who has the paper in hand.
    """

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        EXPIRING = "expiring", _("Expires soon")
        EXPIRED = "expired", _("Expired")
        REVOKED = "revoked", _("Revoked")

    number = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+", verbose_name=_("module"))
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    completion = models.PositiveBigIntegerField(unique=True)
    cycle = models.PositiveSmallIntegerField(default=1)
    content_digest = models.CharField(max_length=64)
    title = models.CharField(max_length=255)
    summary = models.TextField(max_length=500, blank=True)
    version_at = models.DateTimeField()
    name = models.CharField(max_length=255)
    issuer = models.CharField(max_length=120)
    # heading, body (filled in), signatory, signatory_role, accent; and the rule: months, renewal, window_days, fixed.
    wording = models.JSONField()
    rule = models.JSONField()
    completed_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    expiring_from = models.DateField(null=True, blank=True)
    issued_at = models.DateTimeField()

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        indexes = [
            models.Index(fields=["person", "module", "-id"], name="certificate_newest"),
            models.Index(fields=["expiring_from"], name="certificate_expiring"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None, expiring_from=None) | Q(valid_until__isnull=False, expiring_from__isnull=False),
                name="certificate_expires_with_notice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({str(self.number)[:8]})"

    @property
    def is_revoked(self) -> bool:
        return hasattr(self, "revocation")

    def state(self, on: date) -> Certificate.State:
        """What it is worth on a day. Reads the revocation, which lists fetch along."""
        if self.is_revoked:
            return self.State.REVOKED
        if self.valid_until is None or self.expiring_from is None:
            return self.State.VALID
        if self.valid_until < on:
            return self.State.EXPIRED
        return self.State.EXPIRING if self.expiring_from <= on else self.State.VALID


class Revocation(AppendOnly):
    """A certificate that is good for nothing any more, with the reason. It can be verified all the same: as revoked."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation")
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField()
    reason = models.CharField(max_length=500)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")

    def __str__(self) -> str:
        return str(self.certificate)
