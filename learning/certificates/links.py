"""The address that stands on the paper."""

from django.conf import settings
from django.urls import reverse

from learning.certificates.models import Certificate


def verify_url(certificate: Certificate) -> str:
    return settings.BASE_URL.rstrip("/") + reverse("verify_certificate", args=[certificate.number])
