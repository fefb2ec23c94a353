"""The page that the code on the paper leads to. Anybody may open it: no sign-in, no session, nothing is kept or indexed."""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from learning.certificates.access import get_certificate_by_number
from learning.certificates.queries import newer_certificate

# By network address. Numbers are random (122 bits), so this protects the machine and not the numbers.
LIMITS = {"verify": "60/m/ip,600/h/ip"}


@login_not_required
@require_safe
def verify_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Is this certificate good? Says whose it is, for what, in which version, from when until when, and what it is worth."""
    if ratelimit.consume(request, app="learning.certificates", action="verify", config=LIMITS, limit_get=True) is None:
        return _unlisted(render(request, "learning/certificates/verify_busy.html", status=429))
    certificate = get_certificate_by_number(number)
    if certificate is None:
        return _unlisted(render(request, "learning/certificates/verify_unknown.html", status=404))
    context = {
        "certificate": certificate,
        "state": certificate.state(timezone.localdate()),
        "renewed": newer_certificate(certificate) is not None,
    }
    return _unlisted(render(request, "learning/certificates/verify.html", context))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
