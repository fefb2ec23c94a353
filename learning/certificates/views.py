"""Pages under /learn/certificates/: one's own, those of one's people, the paper, revoking."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from learning.certificates import access, queries, services
from learning.certificates.badges.form import badge_form
from learning.certificates.forms import CertificateFilter, RevokeForm
from learning.certificates.links import verify_url
from learning.certificates.models import Certificate
from learning.certificates.paper import certificate_pdf as paper_of
from people.requests import PersonRequest, note_read

PAGE_SIZE = 12
PEOPLE_PAGE_SIZE = 25


@require_safe
def certificate_list(request: PersonRequest) -> HttpResponse:
    """My certificates."""
    today = timezone.localdate()
    form = CertificateFilter(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    rows = queries.certificates_of(request.user, search=chosen.get("q", ""), state=chosen.get("state", ""), on=today)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(row, row.state(today)) for row in page],
        "can_see_others": access.can_see_others(request.user),
    }
    return render(request, "learning/certificates/list.html", context)


@require_safe
def certificate_people(request: PersonRequest) -> HttpResponse:
    """The certificates of my people."""
    access.can_see_others(request.user).or_403()
    today = timezone.localdate()
    form = CertificateFilter(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    rows = queries.team_certificates(request.user, search=chosen.get("q", ""), state=chosen.get("state", ""), on=today)
    page = Paginator(rows, PEOPLE_PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": [(row, row.state(today)) for row in page]}
    return render(request, "learning/certificates/people.html", context)


@require_safe
def certificate_detail(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    certificate = access.get_certificate_for(request.user, pk, today)
    note_read(request, certificate.person, "learning", now)
    context = {
        "certificate": certificate,
        "state": certificate.state(today),
        "newer": queries.newer_certificate(certificate),
        "verify_url": verify_url(certificate),
        "is_holder": certificate.person_id == request.user.pk,
        "can_revoke": access.can_revoke(request.user),
        "has_badge": settings.OPEN_BADGES and not certificate.is_revoked,
    }
    return render(request, "learning/certificates/detail.html", context)


@require_safe
def certificate_pdf(request: PersonRequest, pk: int) -> HttpResponse:
    """The paper, as a file."""
    now = timezone.now()
    certificate = access.get_certificate_for(request.user, pk, timezone.localdate(now))
    note_read(request, certificate.person, "learning", now)
    response = HttpResponse(paper_of(certificate), content_type="application/pdf")
    return _download(response, certificate, "pdf")


@require_safe
def certificate_badge(request: PersonRequest, pk: int) -> HttpResponse:
    """The certificate as a badge that other systems read, where that is switched on. A revoked one is not given out."""
    now = timezone.now()
    certificate = access.get_certificate_for(request.user, pk, timezone.localdate(now))
    form = badge_form()
    if form is None or certificate.is_revoked:
        raise Http404
    note_read(request, certificate.person, "learning", now)
    return _download(HttpResponse(form.badge(certificate), content_type=form.media_type), certificate, form.suffix)


def _download(response: HttpResponse, certificate: Certificate, suffix: str) -> HttpResponse:
    name = f"{slugify(certificate.title)[:60] or 'certificate'}-{str(certificate.number)[:8]}.{suffix}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def revoke_certificate(request: PersonRequest, pk: int) -> HttpResponse:
    """Asks for the reason, then revokes."""
    now = timezone.now()
    certificate = access.get_certificate_for(request.user, pk, timezone.localdate(now))
    access.can_revoke(request.user).or_403()
    if certificate.is_revoked:
        return redirect("certificate_detail", pk)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.revoke_certificate(actor=request.user, certificate=certificate, reason=form.cleaned_data["reason"], now=now)
        except services.CertificateError as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, _("The certificate is revoked. Its holder is told by mail."))
            return redirect("certificate_detail", pk)
    return render(request, "learning/certificates/revoke.html", {"certificate": certificate, "form": form})
