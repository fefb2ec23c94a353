"""Certificates as files that other systems read. Off by default; behind this interface, so that another form can follow."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from django.conf import settings

from learning.certificates.badges.open_badges import OpenBadges
from learning.certificates.badges.signing import keys_from
from learning.certificates.models import Certificate


class BadgeForm(Protocol):
    """A form in which a certificate is given out, and what must be published so that others can check it."""

    media_type: str
    suffix: str

    def badge(self, certificate: Certificate) -> str:
        """The file of one certificate, signed."""

    def issuer_document(self) -> dict[str, Any]:
        """Who signs and with which keys, for `/.well-known/did.json`."""

    def status_list(self, number: int, revoked: list[int], now: datetime) -> str:
        """Which certificates of a stretch are revoked (their places in it), signed."""


def badge_form() -> BadgeForm | None:
    """The form that is switched on; None where none is. Raises BadKey where its key cannot be used."""
    if not settings.OPEN_BADGES:
        return None
    return OpenBadges(base_url=settings.BASE_URL.rstrip("/"), keys=keys_from(settings.OPEN_BADGES_KEY))
