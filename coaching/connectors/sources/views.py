"""Pages under /metrics/connections/sources/: what is masked before it is stored, and masking what is stored already."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.connectors.sources import access, queries, services
from coaching.interactions.masking import set_masking
from people.requests import PersonRequest

PER_PAGE = 25


@login_required
@require_safe
def source_list(request: PersonRequest) -> HttpResponse:
    """Every source with its switch."""
    access.can_mask_sources(request.user).or_403()
    page = Paginator(access.sources_visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = queries.with_runs(list(page), timezone.now())
    return render(request, "coaching/connectors/sources/list.html", {"page": page, "rows": rows})


@login_required
@require_POST
def source_mask(request: PersonRequest, pk: int) -> HttpResponse:
    """Mask what comes from now on, or no longer."""
    source = access.get_source_for(request.user, pk)
    source = set_masking(actor=request.user, source=source, on=request.POST.get("masks") == "on", now=timezone.now())
    said = (
        _("Messages of %(source)s are masked before they are stored, from now on.")
        if source.masks_personal_data
        else _("Messages of %(source)s are stored as they come, from now on. What is masked stays masked.")
    )
    messages.success(request, said % {"source": source})
    return redirect("source_list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def source_mask_stored(request: PersonRequest, pk: int) -> HttpResponse:
    """Asks first, with how many messages; afterwards how it goes. Asks for its state again while it runs."""
    source = access.get_source_for(request.user, pk)
    now = timezone.now()
    if request.method == "POST":
        try:
            services.mask_stored_data(actor=request.user, source=source, now=now)
        except services.MaskingRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("source_mask_stored", source.pk)
    context: dict[str, Any] = {"source": source, "masking": queries.masking_run_of(source, now)}
    if request.headers.get("HX-Request"):
        return render(request, "coaching/connectors/sources/_status.html", context)
    moving = context["masking"] is not None and context["masking"].is_moving
    context["stored"] = None if moving else queries.stored_of(source)
    return render(request, "coaching/connectors/sources/mask_stored.html", context)
