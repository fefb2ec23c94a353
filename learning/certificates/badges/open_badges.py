"""Open Badges 3.0: an AchievementCredential as VC-JWT, issuer did:web, revocation by Bitstring Status List.

https://www.imsglobal.org/spec/ob/v3p0 (§8.2: the token's payload is the credential itself, with the registered claims beside
its own members), https://w3c-ccg.github.io/did-method-web/, https://www.w3.org/TR/vc-bitstring-status-list/.
"""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from django.urls import reverse
from django.utils.timezone import get_default_timezone

from learning.certificates.badges.signing import Key, encode, signed
from learning.certificates.models import Certificate

CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
# The least a list may hold, so that nobody learns from fetching it whose certificate is being checked.
LIST_LENGTH = 131_072
LIST_LIVES = timedelta(minutes=5)


class OpenBadges:
    media_type = "application/vc+jwt"
    suffix = "jwt"

    def __init__(self, *, base_url: str, keys: list[Key]) -> None:
        self.base_url = base_url
        self.keys = keys

    @property
    def did(self) -> str:
        """did:web of the site's address; a port is written with its colon escaped."""
        address = urlsplit(self.base_url)
        return ":".join(["did:web", quote(address.netloc, safe=""), *filter(None, address.path.split("/"))])

    def badge(self, certificate: Certificate) -> str:
        claims = self.credential(certificate)
        claims |= {"iss": self.did, "jti": claims["id"], "nbf": _seconds(certificate.completed_at)}
        if certificate.valid_until:
            claims["exp"] = _seconds(_end_of(certificate.valid_until))
        return self._signed(claims)

    def credential(self, certificate: Certificate) -> dict[str, Any]:
        """What is signed. The address of the holder is hashed; their name stands on the public page that it links to."""
        verify = self.base_url + reverse("verify_certificate", args=[certificate.number])
        place = self.base_url + reverse("badge_status_list", args=[certificate.pk // LIST_LENGTH])
        index = str(certificate.pk % LIST_LENGTH)
        salt = certificate.number.hex
        address = hashlib.sha256((certificate.person.email.lower() + salt).encode()).hexdigest()
        credential: dict[str, Any] = {
            "@context": CONTEXT,
            "id": certificate.number.urn,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": certificate.title,
            "issuer": {"id": self.did, "type": ["Profile"], "name": certificate.issuer, "url": self.base_url + "/"},
            "validFrom": _moment(certificate.completed_at),
            "awardedDate": _moment(certificate.completed_at),
            "credentialSubject": {
                "type": ["AchievementSubject"],
                "identifier": [
                    {
                        "type": "IdentityObject",
                        "hashed": True,
                        "identityHash": f"sha256${address}",
                        "identityType": "emailAddress",
                        "salt": salt,
                    }
                ],
                "achievement": {
                    # A module is another achievement in another version: the version is part of its name.
                    "id": f"{self.base_url}{reverse('module_detail', args=[certificate.module_id])}#v{certificate.revision_id}",
                    "type": ["Achievement"],
                    "name": certificate.title,
                    "description": certificate.summary or certificate.title,
                    "criteria": {"narrative": "Every lesson finished, and the quiz passed where there is one."},
                    "version": str(certificate.revision_id),
                },
            },
            "evidence": [{"id": verify, "type": ["Evidence"], "name": "Public page of the certificate"}],
            "credentialStatus": {
                "id": f"{place}#{index}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": index,
                "statusListCredential": place,
            },
            "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        }
        if certificate.valid_until:
            credential["validUntil"] = _moment(_end_of(certificate.valid_until))
        return credential

    def issuer_document(self) -> dict[str, Any]:
        methods = [
            {"id": self._kid(key), "type": "JsonWebKey2020", "controller": self.did, "publicKeyJwk": key.public_jwk}
            for key in self.keys
        ]
        return {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
            "id": self.did,
            "verificationMethod": methods,
            "assertionMethod": [method["id"] for method in methods],
        }

    def status_list(self, number: int, revoked: list[int], now: datetime) -> str:
        bits = bytearray(LIST_LENGTH // 8)
        for place in revoked:
            bits[place // 8] |= 0x80 >> place % 8  # the first bit is the leftmost one
        address = self.base_url + reverse("badge_status_list", args=[number])
        claims = {
            "@context": CONTEXT[:1],
            "id": address,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.did,
            "validFrom": _moment(now),
            "validUntil": _moment(now + LIST_LIVES),
            "credentialSubject": {
                "id": f"{address}#list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                # Multibase "u": base64url without padding. No clock in the packing: the same list is the same bytes.
                "encodedList": "u" + encode(gzip.compress(bytes(bits), mtime=0)),
                "ttl": int(LIST_LIVES / timedelta(milliseconds=1)),
            },
            "iss": self.did,
            "jti": address,
            "nbf": _seconds(now),
            "exp": _seconds(now + LIST_LIVES),
        }
        return self._signed(claims)

    def _signed(self, claims: dict[str, Any]) -> str:
        return signed(claims, self.keys[0], kid=self._kid(self.keys[0]))

    def _kid(self, key: Key) -> str:
        return f"{self.did}#{key.thumbprint}"


def _end_of(day: date) -> datetime:
    """Its last second, on the organisation's clock: whoever downloads it, wherever, gets the same badge."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=get_default_timezone())


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
