"""Pages under /metrics/feeds/in/: webhooks that other systems deliver to."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.feeds import access, queries, services
from coaching.feeds.forms import IncomingForm
from coaching.feeds.models import InboxEvent, IncomingWebhook
from people.requests import PersonRequest

PER_PAGE = 25


def _address(endpoint: IncomingWebhook) -> str:
    return settings.BASE_URL.rstrip("/") + reverse("take_webhook", args=[endpoint.key])


@require_safe
def incoming_list(request: PersonRequest) -> HttpResponse:
    """All webhooks in."""
    access.can_keep_feeds(request.user).or_403()
    endpoints = queries.with_event_counts(access.incoming_visible_to(request.user))
    page = Paginator(endpoints, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "coaching/feeds/incoming_list.html", {"page": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def incoming_add(request: PersonRequest) -> HttpResponse:
    """Make an address; its secret is shown once."""
    access.can_keep_feeds(request.user).or_403()
    form = IncomingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint, secret = services.create_incoming(
                actor=request.user,
                name=form.cleaned_data["name"],
                source_key=form.cleaned_data["source"],
                now=timezone.now(),
            )
        except services.FeedError as error:
            form.add_error("source", str(error))
        else:
            context = {"endpoint": endpoint, "secret": secret, "address": _address(endpoint)}
            return render(request, "coaching/feeds/incoming_secret.html", context)
    return render(request, "coaching/feeds/incoming_form.html", {"form": form, "sources": queries.source_keys()})


@require_safe
def incoming_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """An address, and the events that came to it."""
    endpoint = access.get_incoming_for(request.user, pk)
    state = request.GET.get("state", "")
    events = queries.events_in(access.events_visible_to(request.user).filter(endpoint=endpoint), state)
    now = timezone.now()
    context = {
        "endpoint": endpoint,
        "address": _address(endpoint),
        "old_secret_lives": endpoint.old_secret_until is not None and endpoint.old_secret_until > now,
        "page": Paginator(events, PER_PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": InboxEvent.State.choices,
    }
    return render(request, "coaching/feeds/incoming_detail.html", context)


@never_cache
@require_POST
def incoming_rotate(request: PersonRequest, pk: int) -> HttpResponse:
    """A fresh secret, shown once."""
    endpoint = access.get_incoming_for(request.user, pk)
    secret = services.rotate_incoming(actor=request.user, endpoint=endpoint, now=timezone.now())
    context = {"endpoint": endpoint, "secret": secret, "address": _address(endpoint), "rotated": True}
    return render(request, "coaching/feeds/incoming_secret.html", context)


@require_POST
def incoming_pause(request: PersonRequest, pk: int) -> HttpResponse:
    endpoint = access.get_incoming_for(request.user, pk)
    services.set_incoming_active(actor=request.user, endpoint=endpoint, active=False, now=timezone.now())
    messages.success(request, _("Switched off. The address takes nothing until you switch it on."))
    return redirect("incoming_detail", pk)


@require_POST
def incoming_resume(request: PersonRequest, pk: int) -> HttpResponse:
    endpoint = access.get_incoming_for(request.user, pk)
    services.set_incoming_active(actor=request.user, endpoint=endpoint, active=True, now=timezone.now())
    messages.success(request, _("Switched on."))
    return redirect("incoming_detail", pk)


@require_safe
def event_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """How an event went. Never its body: that is what customers wrote."""
    event = access.get_event_for(request.user, pk)
    return render(request, "coaching/feeds/event_detail.html", {"event": event})


@require_POST
def event_again(request: PersonRequest, pk: int) -> HttpResponse:
    """Have an event processed once more."""
    event = access.get_event_for(request.user, pk)
    try:
        services.process_again(actor=request.user, event=event, now=timezone.now())
    except services.FeedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is processed again now."))
    return redirect("event_detail", pk)
