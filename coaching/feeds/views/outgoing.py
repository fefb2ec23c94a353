"""Pages under /metrics/feeds/out/: other systems that are told what happens here."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.feeds import access, queries, services
from coaching.feeds.forms import OutgoingForm
from coaching.feeds.models import Delivery
from people.requests import PersonRequest

PER_PAGE = 25


@require_safe
def outgoing_list(request: PersonRequest) -> HttpResponse:
    """All webhooks out."""
    access.can_keep_feeds(request.user).or_403()
    endpoints = queries.with_delivery_counts(access.outgoing_visible_to(request.user))
    page = Paginator(endpoints, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "coaching/feeds/outgoing_list.html", {"page": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outgoing_add(request: PersonRequest) -> HttpResponse:
    """Add an address; the secret it checks deliveries with is shown once."""
    access.can_keep_feeds(request.user).or_403()
    form = OutgoingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint, secret = services.create_outgoing(actor=request.user, now=timezone.now(), **form.cleaned_data)
        except services.FeedError as error:
            form.add_error("url", str(error))
        else:
            return render(request, "coaching/feeds/outgoing_secret.html", {"endpoint": endpoint, "secret": secret})
    return render(request, "coaching/feeds/outgoing_form.html", {"form": form, "endpoint": None})


@require_http_methods(["GET", "HEAD", "POST"])
def outgoing_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Another name, address or choice of events."""
    endpoint = access.get_outgoing_for(request.user, pk)
    initial = {"name": endpoint.name, "url": endpoint.url, "event_types": endpoint.event_types}
    form = OutgoingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_outgoing(actor=request.user, endpoint=endpoint, now=timezone.now(), **form.cleaned_data)
        except services.FeedError as error:
            form.add_error("url", str(error))
        else:
            messages.success(request, _("Saved. It holds from the next event on."))
            return redirect("outgoing_detail", pk)
    return render(request, "coaching/feeds/outgoing_form.html", {"form": form, "endpoint": endpoint})


@require_safe
def outgoing_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """An address, and what was sent to it."""
    endpoint = access.get_outgoing_for(request.user, pk)
    state = request.GET.get("state", "")
    deliveries = queries.deliveries_in(access.deliveries_visible_to(request.user).filter(endpoint=endpoint), state)
    context = {
        "endpoint": endpoint,
        "old_secret_lives": endpoint.old_secret_until is not None and endpoint.old_secret_until > timezone.now(),
        "page": Paginator(deliveries, PER_PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": Delivery.State.choices,
    }
    return render(request, "coaching/feeds/outgoing_detail.html", context)


@never_cache
@require_POST
def outgoing_rotate(request: PersonRequest, pk: int) -> HttpResponse:
    """A fresh secret, shown once."""
    endpoint = access.get_outgoing_for(request.user, pk)
    secret = services.rotate_outgoing(actor=request.user, endpoint=endpoint, now=timezone.now())
    return render(request, "coaching/feeds/outgoing_secret.html", {"endpoint": endpoint, "secret": secret, "rotated": True})


@require_POST
def outgoing_pause(request: PersonRequest, pk: int) -> HttpResponse:
    endpoint = access.get_outgoing_for(request.user, pk)
    services.pause_outgoing(actor=request.user, endpoint=endpoint, now=timezone.now())
    messages.success(request, _("Switched off. What waits for it stays; what happens meanwhile is not told."))
    return redirect("outgoing_detail", pk)


@require_POST
def outgoing_resume(request: PersonRequest, pk: int) -> HttpResponse:
    endpoint = access.get_outgoing_for(request.user, pk)
    services.resume_outgoing(actor=request.user, endpoint=endpoint, now=timezone.now())
    messages.success(request, _("Switched on. What waited is sent now."))
    return redirect("outgoing_detail", pk)


@require_POST
def delivery_again(request: PersonRequest, pk: int) -> HttpResponse:
    """Send an event once more."""
    delivery = access.get_delivery_for(request.user, pk)
    try:
        services.send_again(actor=request.user, delivery=delivery, now=timezone.now())
    except services.FeedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is sent again now."))
    return redirect("outgoing_detail", delivery.endpoint_id)
