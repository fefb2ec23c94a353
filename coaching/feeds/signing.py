"""Signatures of webhooks, after Standard Webhooks 1.0.0: https://github.com/standard-webhooks/standard-webhooks

Signed is "id.timestamp.body" with HMAC-SHA256; the header carries "v1," and the base64 of it, several
separated by spaces. A secret is "whsec_" and the base64 of 24 to 64 random bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils.translation import gettext as _

PREFIX = "whsec_"
TOLERANCE_SECONDS = 300
MAX_SIGNATURES = 10
# What an id may consist of: it goes into the signed text, where a dot would blur where it ends.
ID = re.compile(r"[A-Za-z0-9_\-:]{1,120}")
TIMESTAMP = re.compile(r"[0-9]{1,11}")


class SignatureError(Exception):
    """The delivery is not proven to come from who knows the secret, or is too old; the message says which."""


def new_secret() -> str:
    """A fresh secret of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The value of the webhook-signature header."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def verify(
    *, secrets_live: Iterable[str], webhook_id: str, timestamp: str, signature: str, body: bytes, now: datetime
) -> datetime:
    """When the delivery was signed. Raises SignatureError where an id, time or signature is missing, false or too old.

    Every signature is compared with that of every live secret, each in constant time and none skipped
    after a match, so that the time taken tells nothing.
    """
    if not ID.fullmatch(webhook_id):
        raise SignatureError(_("The header webhook-id is missing or not 1 to 120 letters, digits, “_”, “-” or “:”."))
    if not TIMESTAMP.fullmatch(timestamp):
        raise SignatureError(_("The header webhook-timestamp is missing or not a time in whole seconds since 1970."))
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureError(
            _("The time of the signature is more than 300 seconds away. Check the clock; sign each attempt anew.")
        )
    given = [part.partition(",")[2] for part in signature.split()[:MAX_SIGNATURES] if part.startswith("v1,")]
    matched = False
    for secret in secrets_live:
        expected = sign(secret, webhook_id, int(timestamp), body).partition(",")[2].encode()
        for candidate in given:
            matched |= hmac.compare_digest(expected, candidate.encode("ascii", "replace"))
    if not matched:
        raise SignatureError(_("The signature does not fit. Sign “id.timestamp.body” with the secret of this address."))
    return datetime.fromtimestamp(int(timestamp), tz=UTC)


def is_secret(text: str) -> bool:
    """Can this be a secret of another system: whsec_ and the base64 of 24 to 64 bytes?"""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return text.startswith(PREFIX) and 24 <= len(key) <= 64
