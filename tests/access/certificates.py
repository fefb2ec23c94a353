"""Certificates: own, the lead's, the head's and an administrator's; the public page is everybody's."""

from tests.access_table import Entry, by_role, only, public, signed_in
from tests.factories.certificates import certified_module, earn


def build(cast, now):
    return {"certificate": earn(cast.rita, certified_module(now), now)}


def certificate(w):
    return [w.certificate.pk]


READERS = by_role(404, rep=200, lead=200, head=200, admin=200)

ENTRIES = [
    Entry("certificate_list", get=signed_in(200)),
    Entry("certificate_people", get=only("lead", "other_lead", "head", "admin")),
    Entry("certificate_detail", args=certificate, get=READERS),
    Entry("certificate_pdf", args=certificate, get=READERS),
    Entry(
        "revoke_certificate",
        args=certificate,
        get=by_role(404, rep=403, lead=403, head=200, admin=200),
        post=by_role(404, rep=403, lead=403, head=302, admin=302),
        data=lambda w: {"reason": "The quiz was answered by somebody else."},
    ),
    # Badges are off; tests/learning/certificates/test_open_badges.py turns them on.
    Entry("certificate_badge", args=certificate, get=by_role(404)),
    Entry("badge_issuer", get=public(404)),
    Entry("badge_status_list", args=lambda w: [0], get=public(404)),
    Entry("verify_certificate", args=lambda w: [w.certificate.number], get=public(200)),
    Entry("verify_certificate", args=lambda w: ["no-such-number"], get=public(404), case="unknown"),
]
