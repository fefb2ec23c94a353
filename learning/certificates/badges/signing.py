"""Ed25519 keys and signed tokens: compact JWS (RFC 7515) with EdDSA (RFC 8037).

The name "EdDSA" is deprecated in favour of "Ed25519" (RFC 9864), but it is the one that readers of badges know today.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SEED_BYTES = 32


class BadKey(ValueError):
    """OPEN_BADGES_KEY holds no key; the message says what to set."""


@dataclass(frozen=True)
class Key:
    private: Ed25519PrivateKey

    @property
    def public_jwk(self) -> dict[str, str]:
        """RFC 8037 §2."""
        return {"crv": "Ed25519", "kty": "OKP", "x": encode(self.private.public_key().public_bytes_raw())}

    @property
    def thumbprint(self) -> str:
        """RFC 7638: the name of the key is made from the key."""
        return encode(hashlib.sha256(canonical(self.public_jwk)).digest())


def keys_from(text: str) -> list[Key]:
    """The keys of OPEN_BADGES_KEY: base64 of 32 random bytes each, separated by commas. The first signs, all stay published."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            seed = base64.b64decode(part.replace("-", "+").replace("_", "/") + "=" * (-len(part) % 4), validate=True)
        except binascii.Error:
            seed = b""
        if len(seed) != SEED_BYTES:
            raise BadKey("OPEN_BADGES_KEY is not base64 of 32 bytes. Make one with: openssl rand -base64 32")
        found.append(Key(Ed25519PrivateKey.from_private_bytes(seed)))
    if not found:
        raise BadKey("OPEN_BADGES is on and OPEN_BADGES_KEY is empty. Make one with: openssl rand -base64 32")
    return found


def signed(claims: Mapping[str, Any], key: Key, *, kid: str) -> str:
    """The claims as a token. The header carries the public key, so that a reader without a network can check it."""
    header = {"alg": "EdDSA", "typ": "JWT", "kid": kid, "jwk": key.public_jwk}
    body = f"{encode(canonical(header))}.{encode(canonical(claims))}"
    return f"{body}.{encode(key.private.sign(body.encode()))}"


def encode(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
