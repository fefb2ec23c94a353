"""Outside calls: the mail that tells somebody their certificate was revoked."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django_tasks import task

from learning.certificates.models import Revocation


@task()
def mail_revocation(revocation_id: int) -> None:
    """Write to the holder in their language."""
    revocation = Revocation.objects.select_related("certificate__person").filter(pk=revocation_id).first()
    if revocation is None or not revocation.certificate.person.is_active:
        return
    person = revocation.certificate.person
    with translation.override(person.locale):
        context = {
            "revocation": revocation,
            "certificate": revocation.certificate,
            "person": person,
            "url": settings.BASE_URL.rstrip("/") + reverse("certificate_detail", args=[revocation.certificate_id]),
            "site_name": settings.SITE_NAME,
        }
        subject = render_to_string("emails/learning/certificate_revoked_subject.txt", context).strip()
        body = render_to_string("emails/learning/certificate_revoked.txt", context)
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [person.email])
