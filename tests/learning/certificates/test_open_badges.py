"""Open Badges 3.0: off until switched on; then signed, checkable by what is published, and revocable."""

import base64
import gzip
import hashlib
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client
from django.urls import reverse

from learning.certificates.badges.signing import BadKey, keys_from
from learning.certificates.services import revoke_certificate
from people.models import AuditEntry
from tests.conftest import SHARED
from tests.factories.certificates import certified_module, earn

SCHEMA = "ob_v3p0_achievementcredential_schema.json"
OLD, NEW = (base64.b64encode(bytes([value]) * 32).decode() for value in (1, 2))


@pytest.fixture
def badges_on(settings):
    settings.OPEN_BADGES, settings.OPEN_BADGES_KEY = True, OLD
    settings.BASE_URL = "https://learn.example.com"
    return settings


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read(token: str) -> dict:
    """What a stranger does: look the key up at the issuer's address, check the signature, read the claims."""
    head, body, signature = token.split(".")
    header = json.loads(unpacked(head))
    document = json.loads(Client().get("/.well-known/did.json").content)
    (method,) = [method for method in document["verificationMethod"] if method["id"] == header["kid"]]
    assert method["id"] in document["assertionMethod"]
    assert method["publicKeyJwk"] == header["jwk"]
    assert (header["alg"], header["typ"], method["controller"]) == ("EdDSA", "JWT", document["id"])
    key = Ed25519PublicKey.from_public_bytes(unpacked(method["publicKeyJwk"]["x"]))
    key.verify(unpacked(signature), f"{head}.{body}".encode())
    return json.loads(unpacked(body))


def test_a_badge_is_signed_and_says_what_the_certificate_says(cast, now, sign_in, badges_on):
    certificate = earn(cast.rita, certified_module(now, "Größe zeigen"), now)
    browser = sign_in(cast.rita)
    assert "Open Badge" in browser.get(reverse("certificate_detail", args=[certificate.pk])).content.decode()
    address = reverse("certificate_badge", args=[certificate.pk])
    response = browser.get(address)
    assert response["Content-Type"] == "application/vc+jwt"
    assert response["Content-Disposition"].endswith('.jwt"')
    token = response.content.decode()
    assert browser.get(address).content.decode() == token
    claims = read(token)
    assert claims["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert set(claims["type"]) == {"VerifiableCredential", "OpenBadgeCredential"}
    assert claims["issuer"]["id"] == claims["iss"] == "did:web:learn.example.com"
    assert claims["id"] == claims["jti"] == certificate.number.urn
    assert (claims["validFrom"], claims["validUntil"]) == ("2026-06-15T09:01:00Z", "2027-06-15T23:59:59Z")
    assert claims["nbf"] == int(certificate.completed_at.timestamp())
    assert claims["exp"] - claims["nbf"] > timedelta(days=365).total_seconds()
    achievement = claims["credentialSubject"]["achievement"]
    assert achievement["name"] == "Größe zeigen"
    assert achievement["version"] == str(certificate.revision_id)
    (identity,) = claims["credentialSubject"]["identifier"]
    assert identity["identityHash"] == "sha256$" + hashlib.sha256(f"rita@example.com{identity['salt']}".encode()).hexdigest()
    assert "rita@example.com" not in json.dumps(claims)
    assert claims["evidence"][0]["id"] == f"https://learn.example.com/verify/{certificate.number}/"
    # Whoever changes a letter is found out.
    head, body, signature = token.split(".")
    forged = base64.urlsafe_b64encode(unpacked(body).replace(b"zeigen", b"loegen")).rstrip(b"=").decode()
    with pytest.raises(InvalidSignature):
        read(f"{head}.{forged}.{signature}")
    # Others see what access.py lets them see.
    assert sign_in(cast.otto).get(address).status_code == 404
    assert sign_in(cast.lena).get(address).status_code == 200
    assert AuditEntry.objects.filter(verb="read.learning", actor=cast.lena, subject=cast.rita).exists()
    endless = earn(cast.rita, certified_module(now, "Endless", valid_months=None, renewal="none"), now)
    forever = read(browser.get(reverse("certificate_badge", args=[endless.pk])).content.decode())
    assert {"exp", "validUntil"} & set(forever) == set()


def test_a_revoked_one_is_in_the_status_list_and_given_out_no_more(cast, now, sign_in, badges_on):
    module = certified_module(now)
    kept, revoked = earn(cast.rita, module, now), earn(cast.ravi, module, now)
    browser = sign_in(cast.hana)
    entries = [
        read(browser.get(reverse("certificate_badge", args=[one.pk])).content.decode())["credentialStatus"]
        for one in (kept, revoked)
    ]
    assert {entry["statusPurpose"] for entry in entries} == {"revocation"}

    def is_revoked(entry: dict) -> bool:
        path = entry["statusListCredential"].removeprefix("https://learn.example.com")
        claims = read(Client().get(path).content.decode())
        assert claims["id"] == entry["statusListCredential"]
        assert claims["credentialSubject"]["statusPurpose"] == "revocation"
        packed = claims["credentialSubject"]["encodedList"]
        bits = gzip.decompress(unpacked(packed.removeprefix("u")))
        assert packed[0] == "u"
        assert len(bits) == 16 * 1024
        place = int(entry["statusListIndex"])
        return bool(bits[place // 8] >> (7 - place % 8) & 1)

    assert [is_revoked(entry) for entry in entries] == [False, False]
    revoke_certificate(actor=cast.hana, certificate=revoked, reason="Copied.", now=now)
    assert [is_revoked(entry) for entry in entries] == [False, True]
    assert browser.get(reverse("certificate_badge", args=[revoked.pk])).status_code == 404
    assert Client().get(reverse("badge_status_list", args=[7])).status_code == 404


def test_keys_can_be_replaced_without_losing_what_the_old_one_signed(cast, now, sign_in, badges_on):
    certificate = earn(cast.rita, certified_module(now), now)
    browser, address = sign_in(cast.rita), reverse("certificate_badge", args=[certificate.pk])
    before = browser.get(address).content.decode()
    badges_on.OPEN_BADGES_KEY = f"{NEW}, {OLD}"
    after = browser.get(address).content.decode()
    assert before.split(".")[0] != after.split(".")[0]
    assert read(before) == read(after)
    badges_on.BASE_URL = "http://localhost:8000/learn"
    assert json.loads(Client().get("/.well-known/did.json").content)["id"] == "did:web:localhost%3A8000:learn"
    for wrong in ("", " , ", "short", "%%%", base64.b64encode(b"x" * 33).decode()):
        with pytest.raises(BadKey, match="openssl"):
            keys_from(wrong)


def published_schema() -> Path | None:
    """The issuer body's own schema, where somebody has put it: it is not ours to hand on."""
    places = [os.environ.get("OPEN_BADGES_SCHEMA", ""), str(SHARED / "data" / "open_badges" / SCHEMA)]
    return next((Path(place) for place in places if place and Path(place).is_file()), None)


def test_it_fits_the_published_schema(cast, now, sign_in, badges_on):
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    schema = published_schema()
    if schema is None:
        pytest.skip(f"{SCHEMA} is not here: set OPEN_BADGES_SCHEMA to its path")
    certificate = earn(cast.rita, certified_module(now), now)
    claims = read(sign_in(cast.rita).get(reverse("certificate_badge", args=[certificate.pk])).content.decode())
    validator = jsonschema_rs.validator_for(json.loads(schema.read_text()), validate_formats=True)
    assert [error.message for error in validator.iter_errors(claims)] == []
    del claims["credentialSubject"]["achievement"]["criteria"]
    assert not validator.is_valid(claims)
