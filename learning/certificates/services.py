"""Issuing and revoking. Both are for good: nothing here changes a row that is there."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import Revision

from learning.certificates.models import Certificate, Revocation
from learning.certificates.tasks import mail_revocation
from learning.certificates.validity import Rule, Span, span_of
from learning.modules.certificate_templates import CertificateTemplate, fill
from learning.modules.content import ModuleContent
from learning.modules.models import Module
from learning.modules.package_rules import why_no_certificate
from learning.modules.queries import find_template
from people.audit import record
from people.models import Person


class CertificateError(Exception):
    """A wish that cannot be met; the message says why and what to do."""


@transaction.atomic
def issue_certificate(
    *,
    actor: Person | None,
    person: Person,
    module: Module,
    revision: Revision,
    content: ModuleContent,
    content_digest: str,
    completion: int,
    cycle: int,
    completed_at: datetime,
    now: datetime,
) -> Certificate | None:
    """The certificate that the completed revision promised; None where it promised none, or one that may not rest on its package.

    Words and rule are those of the template on this day, and stay. A completion earns one certificate: asked for again,
    the first is returned. Within the window of the one before, the new one runs from where that one ends.
    """
    earlier: Certificate | None = Certificate.objects.filter(completion=completion).first()
    if earlier is not None:
        return earlier
    template = find_template(content.certificate_template_id)
    # Editors are told before; a revision that came about in another way certifies nothing either.
    if template is None or why_no_certificate(template.pk, content.package_digest, has_quiz=content.has_quiz):
        return None
    rule = rule_of(template)
    completed_on = timezone.localdate(completed_at)
    span = span_of(rule, completed_on, _span_before(person, module))
    certificate = Certificate.objects.create(
        person=person,
        module=module,
        revision=revision,
        completion=completion,
        cycle=cycle,
        content_digest=content_digest,
        title=content.title,
        summary=content.summary,
        version_at=revision.created_at,
        name=person.display_name,
        issuer=settings.SITE_NAME,
        wording={
            "heading": template.heading,
            "body": fill(
                template.body,
                name=person.display_name,
                module=content.title,
                completed=date_format(completed_on, "j F Y"),
                valid_until=date_format(span.valid_until, "j F Y") if span.valid_until else "",
            ),
            "signatory": template.signatory,
            "signatory_role": template.signatory_role,
            "accent": template.accent,
        },
        rule=asdict(rule),
        completed_at=completed_at,
        valid_from=completed_on,
        valid_until=span.valid_until,
        expiring_from=span.expiring_from,
        issued_at=now,
    )
    record(
        actor=actor,
        verb="certificate.issue",
        target=certificate,
        subject=person,
        after={"module": module.pk, "completion": completion, "valid_until": _iso(span)},
        now=now,
    )
    return certificate


@transaction.atomic
def revoke_certificate(*, actor: Person | None, certificate: Certificate, reason: str, now: datetime) -> Revocation:
    """Say that a certificate is good for nothing any more; its holder is told by mail, with the reason.

    Doing it twice gives the first revocation back. The completion stays as it is. Raises CertificateError without a reason.
    """
    # Held, so that of two wishes at once the second sees what the first has written.
    certificate = Certificate.objects.select_for_update(of=("self",)).select_related("person").get(pk=certificate.pk)
    earlier: Revocation | None = Revocation.objects.filter(certificate=certificate).first()
    if earlier is not None:
        return earlier
    if not reason.strip():
        raise CertificateError(_("Say why you revoke it: its holder reads the reason."))
    revocation = Revocation.objects.create(certificate=certificate, revoked_by=actor, revoked_at=now, reason=reason.strip())
    record(
        actor=actor,
        verb="certificate.revoke",
        target=certificate,
        subject=certificate.person,
        before={"state": str(certificate.state(timezone.localdate(now)))},
        after={"state": "revoked"},
        now=now,
    )
    transaction.on_commit(partial(mail_revocation.enqueue, revocation.pk))
    return revocation


def rule_of(template: CertificateTemplate) -> Rule:
    fixed = None
    if template.renewal == CertificateTemplate.Renewal.FIXED_DATE and template.fixed_day and template.fixed_month:
        fixed = (template.fixed_day, template.fixed_month)
    return Rule(template.valid_months, str(template.renewal), template.window_days, fixed)


def _span_before(person: Person, module: Module) -> Span | None:
    """That of the person's latest certificate of this module, revoked ones left out."""
    last = Certificate.objects.standing().filter(person=person, module=module).order_by("-pk").first()
    return Span(last.valid_until, last.expiring_from) if last else None


def _iso(span: Span) -> str | None:
    return span.valid_until.isoformat() if span.valid_until else None
