"""The page that the code on the paper leads to. Anybody may open it: no sign-in, no session, nothing is kept or indexed."""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from learning.certificates.access import get_certificate_by_number
from learning.certificates.badges.form import badge_form
from learning.certificates.badges.open_badges import LIST_LENGTH
from learning.certificates.queries import newer_certificate, revoked_places

# By network address. Numbers are random (122 bits), so this protects the machine and not the numbers.
LIMITS = {"verify": "60/m/ip,600/h/ip"}


@login_not_required
@require_safe
def verify_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Is this certificate good? Says whose it is, for what, in which version, from when until when, and what it is worth."""
    if _too_many(request):
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


@login_not_required
@require_safe
def badge_issuer(request: HttpRequest) -> HttpResponse:
    """Who signs our badges, and with which keys (did:web)."""
    form = badge_form()
    if form is None:
        raise Http404
    response = JsonResponse(form.issuer_document(), content_type="application/did+json")
    response["Access-Control-Allow-Origin"] = "*"  # read by pages that check badges, and the same for everybody
    return response


@login_not_required
@require_safe
def badge_status_list(request: HttpRequest, number: int) -> HttpResponse:
    """Which badges are revoked: a signed list of bits, the same for everybody."""
    form = badge_form()
    if form is None:
        raise Http404
    if _too_many(request):
        return _unlisted(render(request, "learning/certificates/verify_busy.html", status=429))
    revoked = revoked_places(number * LIST_LENGTH, LIST_LENGTH)
    if revoked is None:
        raise Http404
    response = HttpResponse(form.status_list(number, revoked, timezone.now()), content_type=form.media_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=60"
    return response


def _too_many(request: HttpRequest) -> bool:
    return ratelimit.consume(request, app="learning.certificates", action="verify", config=LIMITS, limit_get=True) is None


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
