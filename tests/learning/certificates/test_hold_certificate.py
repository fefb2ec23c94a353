"""From the completion to the paper: issued in the same breath, listed, downloaded, verified by anybody, revoked."""

import base64
import re
import zlib
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data

from learning.assignments.models import Assignment, Completion
from learning.certificates import services
from learning.certificates.fonts import UNKNOWN, runs
from learning.certificates.models import Certificate, Revocation
from learning.certificates.paper import certificate_pdf
from learning.modules.certificate_templates import CertificateTemplate
from learning.modules.content import content_digest
from people.models import AuditEntry
from tests.factories.certificates import certified_module, earn, learn, make_template
from tests.factories.learning import give, learn_all, make_module


def test_completing_by_the_pages_issues_what_the_revision_promised(cast, now, sign_in):
    template = make_template(heading="Proof", body="learnt {module}, good until {valid_until}.")
    module = make_module(now, "Honest answers", certificate_template=template)
    browser = sign_in(cast.rita)
    assert "good for 12 months" in browser.get(reverse("module_detail", args=[module.pk])).content.decode()
    # The promise of the revision holds, whatever the page says by the time it is completed.
    assignment = give(cast.rita, module, now)
    browser.post(reverse("start_attempt", args=[assignment.pk]))
    module.certificate_template = None
    module.save_revision().publish()
    learn_all(browser, assignment)
    certificate = Certificate.objects.get()
    completion = Completion.objects.get()
    assert (certificate.completion, certificate.person, certificate.revision) == (completion.pk, cast.rita, completion.revision)
    assert certificate.content_digest == content_digest(completion.revision)
    assert certificate.valid_until is not None
    assert certificate.wording["body"].startswith("learnt Honest answers, good until ")
    page = browser.get(reverse("assignment_detail", args=[assignment.pk])).content.decode()
    assert reverse("certificate_detail", args=[certificate.pk]) in page
    assert AuditEntry.objects.get(verb="certificate.issue").subject == cast.rita
    # Asked for again, the first one is given back; a module without a promise gives nothing.
    again = services.issue_certificate(
        actor=None,
        person=cast.rita,
        module=module,
        revision=completion.revision,
        content=None,
        content_digest="",
        completion=completion.pk,
        cycle=9,
        completed_at=now,
        now=now,
    )
    assert again == certificate
    learn(cast.rita, give(cast.rita, make_module(now, "Plain"), now), now)
    assert Certificate.objects.count() == 1


def test_a_certificate_that_cannot_be_issued_undoes_the_completion(cast, now, monkeypatch):
    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr(services, "rule_of", broken)
    assignment = give(cast.rita, certified_module(now), now)
    with pytest.raises(RuntimeError):
        learn(cast.rita, assignment, now)
    assignment.refresh_from_db()
    assert assignment.state == Assignment.State.STARTED
    assert not Completion.objects.exists()


def test_the_row_never_changes(cast, now):
    certificate = earn(cast.rita, certified_module(now), now)
    for change in (
        certificate.save,
        certificate.delete,
        Certificate.objects.all().delete,
        lambda: Certificate.objects.update(name="x"),
        lambda: Certificate.objects.bulk_update([certificate], ["name"]),
        Revocation.objects.all().delete,
    ):
        with pytest.raises(TypeError):
            change()


def test_the_paper_is_the_same_for_ever_and_writes_every_name(cast, now, settings):
    cast.rita.display_name = "Łucja Brückner-Öztürk Đặng"
    cast.rita.save()
    certificate = earn(cast.rita, certified_module(now, "Größe zeigen"), now)
    first = certificate_pdf(certificate)
    template = CertificateTemplate.objects.get()
    template.body, template.heading, template.accent = "other", "Other", CertificateTemplate.Accent.PLUM
    template.save()
    cast.rita.display_name = "Somebody Else"
    cast.rita.save()
    certificate.module.title = "Another title"
    certificate.module.save_revision().publish()
    with timezone.override("Pacific/Auckland"):
        assert certificate_pdf(Certificate.objects.get()) == first
    assert b"/MediaBox [ 0 0 841.8898 595.2756 ]" in first
    assert b"SourceSerif4-Regular" in first
    assert b"Inter-Regular" in first
    name = certificate.name
    assert "".join(part for _font, part in runs(name, "serif")) == name
    assert len({font for font, _part in runs(name, "serif")}) == 3  # Latin, its extension, Vietnamese
    assert "".join(part for _font, part in runs("Ирина Ευα", "sans")) == "Ирина Ευα"
    assert runs("好", "sans")[0][1] == UNKNOWN
    # Letters a name was typed in two strokes are one on paper.
    assert runs("u\u0308", "serif")[0][1] == "ü"
    # Without the front-end files a font of the library stands in.
    settings.NPM_ROOT = "/nowhere"
    assert runs("ü", "serif-italic")[0][1] == "ü"


def test_the_code_on_the_paper_leads_to_the_public_page(cast, now, settings, monkeypatch):
    settings.BASE_URL = "https://learn.example.com"
    seen = []
    monkeypatch.setattr("learning.certificates.paper._code", lambda canvas, text, x, y: seen.append(text))
    certificate = earn(cast.rita, certified_module(now), now)
    certificate_pdf(certificate)
    assert seen == [f"https://learn.example.com/verify/{certificate.number}/"]


def test_a_revoked_paper_says_so(cast, now):
    certificate = earn(cast.rita, certified_module(now), now)
    good = certificate_pdf(certificate)
    services.revoke_certificate(actor=cast.hana, certificate=certificate, reason="Copied.", now=now)
    revoked = certificate_pdf(Certificate.objects.get())
    assert revoked != good
    red = b".627451 .172549 .172549 rg"
    assert [red in _drawn(pdf) for pdf in (good, revoked)] == [False, True]


def _drawn(pdf: bytes) -> bytes:
    """The drawing commands of the page: ASCII85 and deflate, as the library writes them."""
    parts = re.findall(rb"/Filter \[ /ASCII85Decode /FlateDecode \].*?stream\r?\n(.*?)~>endstream", pdf, re.DOTALL)
    return b"".join(zlib.decompress(base64.a85decode(part)) for part in parts)


def test_anybody_verifies_it_without_signing_in(cast, now, sign_in, django_assert_max_num_queries):
    module = certified_module(now, "Honest answers")
    certificate = earn(cast.rita, module, now)
    visitor = Client()
    address = reverse("verify_certificate", args=[certificate.number])
    with django_assert_max_num_queries(6):
        response = visitor.get(address)
    page = response.content.decode()
    for said in ("genuine and valid", "Rita Example", "Honest answers", "15 June 2026", "15 June 2027", str(certificate.number)):
        assert said in page
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert visitor.post(address).status_code == 405
    # In another spelling of the number, too; an unknown one gets a page that says what to do.
    assert visitor.get(reverse("verify_certificate", args=[certificate.number.hex.upper()])).status_code == 200
    for wrong in ("00000000-0000-4000-8000-000000000000", "x", "%00"):
        missing = visitor.get(f"/verify/{wrong}/")
        assert missing.status_code == 404
        assert "There is no certificate with this number" in missing.content.decode()
    # Whoever tries number after number is slowed down.
    assert [visitor.get("/verify/x/").status_code for _try in range(70)][-1] == 429
    assert visitor.get(address).status_code == 429


def test_states_by_day(cast, now):
    certificate = earn(cast.rita, certified_module(now), now)
    states = {
        date(2026, 6, 15): "valid",
        date(2027, 5, 15): "valid",
        date(2027, 5, 16): "expiring",
        date(2027, 6, 15): "expiring",
        date(2027, 6, 16): "expired",
    }
    for day, state in states.items():
        assert certificate.state(day) == state
        found = [one for one in Certificate.State.values if Certificate.objects.in_state(one, day).exists()]
        assert found == [state]
    services.revoke_certificate(actor=cast.hana, certificate=certificate, reason="Copied.", now=now)
    assert Certificate.objects.get().state(date(2027, 6, 16)) == "revoked"
    assert [one for one in Certificate.State.values if Certificate.objects.in_state(one, date(2027, 1, 1)).exists()] == [
        "revoked"
    ]


def test_lists_filter_search_and_keep_to_their_people(cast, now, sign_in, django_assert_max_num_queries):
    module = certified_module(now, "Honest answers")
    mine = earn(cast.rita, module, now - timedelta(days=400))
    renewed = earn(cast.rita, module, now)
    others = earn(cast.otto, module, now)
    own = sign_in(cast.rita).get(reverse("certificate_list"))
    assert [row.pk for row, _state in own.context["rows"]] == [renewed.pk, mine.pk]
    lead = sign_in(cast.lena)
    address = reverse("certificate_people")
    assert [row.pk for row, _state in lead.get(address).context["rows"]] == [renewed.pk, mine.pk]
    head = sign_in(cast.hana)
    for query, found in (
        ({"q": "otto"}, [others.pk]),
        ({"q": "honest rita"}, [renewed.pk, mine.pk]),
        ({"q": str(mine.number)}, [mine.pk]),
        ({"state": "revoked"}, []),
        ({"q": "nobody"}, []),
    ):
        response = head.get(address, query)
        assert [row.pk for row, _state in response.context["rows"]] == found, query
        assert found or "Nothing fits this filter" in response.content.decode()
    for person in (cast.ravi, cast.otto, cast.rita):
        for _round in range(10):
            earn(person, certified_module(now, f"More {person} {_round}"), now)
    with django_assert_max_num_queries(12):
        page = head.get(address)
    assert len(page.context["rows"]) == 25
    assert len(head.get(address, {"page": 2}).context["rows"]) == 8
    assert AuditEntry.objects.filter(verb="read.learning").count() == 0
    lead.get(reverse("certificate_detail", args=[mine.pk]))
    assert AuditEntry.objects.filter(verb="read.learning", actor=cast.lena, subject=cast.rita).count() == 1


def test_revoking_tells_the_holder_and_everybody_who_asks(cast, now, sign_in, django_capture_on_commit_callbacks):
    certificate = earn(cast.rita, certified_module(now, "Honest answers"), now)
    head = sign_in(cast.hana)
    address = reverse("revoke_certificate", args=[certificate.pk])
    empty = head.post(address, {"reason": "  "})
    assert "Say why you revoke it" in empty.content.decode()
    assert not Revocation.objects.exists()
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        head.post(address, {"reason": "Answered by a colleague."})
        head.post(address, {"reason": "Clicked twice."})
    assert Revocation.objects.get().reason == "Answered by a colleague."
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["rita@example.com"], "A certificate of yours was revoked")
    ]
    assert "Answered by a colleague." in mail.outbox[0].body
    public = Client().get(reverse("verify_certificate", args=[certificate.number])).content.decode()
    assert "was revoked" in public
    assert "Answered by a colleague." not in public
    own = sign_in(cast.rita).get(reverse("certificate_detail", args=[certificate.pk])).content.decode()
    assert "Answered by a colleague." in own
    assert AuditEntry.objects.filter(verb="certificate.revoke", actor=cast.hana, subject=cast.rita).count() == 1
    assert Completion.objects.count() == 1


def form(**changes: str) -> dict[str, str]:
    fields = {
        "title": "Yearly",
        "heading": "Certificate",
        "body": "has completed “{module}”.",
        "signatory": "",
        "signatory_role": "",
        "accent": "#0b6357",
        "valid_months": "12",
        "renewal": "anniversary",
        "window_days": "30",
        "fixed_day": "",
        "fixed_month": "",
    }
    return nested_form_data({**fields, **changes})


def test_editors_write_templates_and_cannot_delete_a_promise(cast, now, sign_in):
    editor = sign_in(cast.edda)
    add = reverse("wagtailsnippets_learning_modules_certificatetemplate:add")
    assert editor.get(add).status_code == 200
    for wrong, message in (
        ({"body": "Dear {nmae}"}, "{nmae} is filled in by nothing"),
        ({"valid_months": ""}, "Say for how many months"),
        ({"valid_months": "", "renewal": "none", "body": "until {valid_until}"}, "It never expires"),
        ({"valid_months": "1"}, "expiring from its first day"),
        ({"renewal": "fixed_date"}, "on which day and in which month"),
        ({"renewal": "fixed_date", "fixed_day": "31", "fixed_month": "4"}, "This month has no such day"),
        ({"renewal": "fixed_date", "fixed_day": "31", "fixed_month": "1", "valid_months": "18"}, "choose whole years"),
    ):
        response = editor.post(add, form(**wrong))
        assert response.status_code == 200, wrong
        assert message in response.content.decode(), wrong
    preview = reverse("wagtailsnippets_learning_modules_certificatetemplate:preview_on_add")
    assert editor.post(preview, form(body="knows {module}, {completed}", heading="Proof")).json()["is_valid"]
    shown = editor.get(preview, {"in_preview_panel": "true"}).content.decode()
    assert "knows Honest answers, 15 June 2026" in shown
    assert "Proof" in shown
    assert editor.post(add, form()).status_code == 302
    template = CertificateTemplate.objects.get()
    assert AuditEntry.objects.filter(verb="certificatetemplate.create", actor=cast.edda).exists()
    make_module(now, "Honest answers", certificate_template=template)
    delete = reverse("wagtailsnippets_learning_modules_certificatetemplate:delete", args=[template.pk])
    assert "promised by “Honest answers”" in editor.post(delete, follow=True).content.decode()
    assert CertificateTemplate.objects.exists()
    assert sign_in(cast.rita).get(add).status_code in (302, 403)
