"""Everything that is signed: links in mails, test links, the case a host's site vouches for, hashes of addresses.

Nothing secret is stored. A link's signature and a snippet's secret come out of SECRET_KEY, so a copy of the
database opens no survey, and a stolen address list cannot be tried against the stored hashes without the key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, Signer, TimestampSigner
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "coaching.surveys"
TEST_LINK_SECONDS = 7 * 24 * 3600
FORM_SECONDS = 24 * 3600  # how long an opened snippet can be answered
SEPARATOR = "."


def new_public_id() -> str:
    return secrets.token_hex(16)


# --- Links in mails -------------------------------------------------------------------------------


def invitation_token(public_id: str) -> str:
    return Signer(sep=SEPARATOR, salt=f"{SALT}.invitation").sign(public_id)


def read_invitation_token(token: str) -> str | None:
    """The invitation's public id; None for a token that is not ours or was changed."""
    try:
        return Signer(sep=SEPARATOR, salt=f"{SALT}.invitation").unsign(token)
    except BadSignature:
        return None


def full_url(name: str, *args: object) -> str:
    """An address as it stands in a mail or in a host's page."""
    return settings.BASE_URL.rstrip("/") + reverse(name, args=args)


@dataclass(frozen=True)
class TestLink:
    """What a link that a colleague sent to themselves shows; answering it stores nothing."""

    __test__ = False  # pytest takes it for a test otherwise

    version_id: int
    language: str


def make_test_token(link: TestLink) -> str:
    return TimestampSigner(sep=SEPARATOR, salt=f"{SALT}.test").sign(f"{link.version_id}-{link.language}")


def read_test_token(token: str) -> TestLink | None:
    try:
        value = TimestampSigner(sep=SEPARATOR, salt=f"{SALT}.test").unsign(token, max_age=TEST_LINK_SECONDS)
    except (BadSignature, SignatureExpired):
        return None
    version, _dash, language = value.partition("-")
    return TestLink(int(version), language)


# --- Snippets -------------------------------------------------------------------------------------


def new_form_key(snippet_key: str) -> str:
    """Made when a snippet is opened, sent back with the answer: one opening is one answer, however often it is sent."""
    return TimestampSigner(sep=SEPARATOR, salt=f"{SALT}.form.{snippet_key}").sign(secrets.token_hex(12))


def read_form_key(snippet_key: str, value: str) -> str | None:
    """The random part; None where it is not ours, of another snippet, or older than a day."""
    try:
        return TimestampSigner(sep=SEPARATOR, salt=f"{SALT}.form.{snippet_key}").unsign(value, max_age=FORM_SECONDS)
    except (BadSignature, SignatureExpired):
        return None


def snippet_secret(key: str, number: int, secret_key: str | bytes | None = None) -> str:
    """What the host's server signs cases with. A higher `number` makes another one."""
    return salted_hmac(f"{SALT}.snippet", f"{key}|{number}", secret=secret_key, algorithm="sha256").hexdigest()


def case_message(source: str, case: str, expires: int) -> str:
    """What is signed: three lines, so that no part can run into the next."""
    return f"{source}\n{case}\n{expires}"


def sign_case(secret: str, message: str) -> str:
    """HMAC-SHA256 in hex, as a host's server writes it: the secret's characters are the key."""
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def case_is_signed(*, key: str, number: int, source: str, case: str, expires: str, signature: str, now: datetime) -> bool:
    """Did somebody who knows the snippet's secret vouch for this case, and is that still good?"""
    if not (expires.isascii() and expires.isdigit() and len(expires) < 13) or "\n" in source + case:
        return False
    if int(expires) < now.timestamp():
        return False
    message = case_message(source, case, int(expires))
    keys = [None, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(sign_case(snippet_secret(key, number, k), message), signature.lower()) for k in keys)


# --- Addresses ------------------------------------------------------------------------------------


def customer_hashes(address: str) -> list[str]:
    """The keyed hash of an address, in any spelling of upper and lower case; then those under earlier keys."""
    plain = address.strip().lower()
    return [
        salted_hmac(f"{SALT}.customer", plain, secret=key, algorithm="sha256").hexdigest()
        for key in (None, *settings.SECRET_KEY_FALLBACKS)
    ]
