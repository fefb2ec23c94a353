"""Secrets that must be read again (a webhook's key, a helpdesk's token), encrypted before they are stored.

The key never lies in the database: it is derived from `SECRETS_KEY`, or from `SECRET_KEY` where that is
not set. A stolen copy of the database alone opens nothing. What must only be compared (an API token)
is not encrypted but hashed: see `digest`.

`SECRETS_KEY` may list several, separated by commas: the first encrypts, all decrypt, so that a key can be
replaced without losing what the old one wrote.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

__all__ = ["SecretUnreadable", "decrypt", "digest", "encrypt"]

PURPOSE = b"uncommon stored secrets v1"


class SecretUnreadable(Exception):
    """The secret was encrypted with a key that is no longer set; the message says what to do."""


def encrypt(secret: str) -> str:
    """Fernet (AES-128-CBC with HMAC-SHA256) text of a secret; another one each time."""
    return _box().encrypt(secret.encode()).decode()


def decrypt(stored: str) -> str:
    """The secret. Raises SecretUnreadable where no known key opens it."""
    try:
        return _box().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable(
            _("A stored secret cannot be read: SECRETS_KEY or SECRET_KEY has changed. Set the old key beside the new one.")
        ) from error


def digest(token: str) -> str:
    """SHA-256 of a random token of at least 128 bits, as 64 hex digits: nothing to guess, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _box() -> MultiFernet:
    # SECRET_KEY and those before it last, so that what they wrote opens after SECRETS_KEY is set.
    own = (key.strip() for key in settings.SECRETS_KEY.split(",") if key.strip())
    keys = [*own, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """HKDF (RFC 5869): long random keys need no slow stretching, only a purpose of their own."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
