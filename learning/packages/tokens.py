"""The signed key of a launch, as it stands in every address of the content host.

The key is random and known to the database; the signature keeps everybody who has only the database from making an address.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.core.signing import BadSignature, Signer

LIFETIME = timedelta(hours=1)  # from the last use
_SALT = "learning.packages.launch"


def new_key() -> str:
    return secrets.token_urlsafe(32)


def token_of(key: str) -> str:
    return Signer(salt=_SALT, sep=".").sign(key)


def key_of(token: str) -> str | None:
    """The key in a token; None where it was not signed by us."""
    try:
        return Signer(salt=_SALT, sep=".").unsign(token)
    except BadSignature:
        return None
