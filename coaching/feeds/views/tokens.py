"""Pages under /metrics/feeds/tokens/."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.feeds import access, queries, services
from coaching.feeds.forms import TokenForm
from people.requests import PersonRequest

PER_PAGE = 25


@require_safe
def token_list(request: PersonRequest) -> HttpResponse:
    """All tokens, live ones first."""
    access.can_keep_feeds(request.user).or_403()
    rows = queries.token_rows(access.tokens_visible_to(request.user), timezone.now())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "coaching/feeds/token_list.html", {"page": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_add(request: PersonRequest) -> HttpResponse:
    """Make a token. Its text is in the answer to this very request and nowhere else."""
    access.can_keep_feeds(request.user).or_403()
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["expires_on"]
        until = timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None
        try:
            token, secret = services.create_token(
                actor=request.user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                source_key=form.cleaned_data["source"],
                expires_at=until,
                now=timezone.now(),
            )
        except services.FeedError as error:
            form.add_error(None, str(error))
        else:
            return render(request, "coaching/feeds/token_made.html", {"token": token, "secret": secret})
    return render(request, "coaching/feeds/token_form.html", {"form": form, "sources": queries.source_keys()})


@require_safe
def token_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """What a token may do, and what it brought in."""
    token = access.get_token_for(request.user, pk)
    now = timezone.now()
    context = {"token": token, "state": queries.token_state(token, now), "days": queries.days_of(token.days.all(), now)}
    return render(request, "coaching/feeds/token_detail.html", context)


@require_POST
def token_revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """End a token; the page before asks whether that is meant."""
    token = access.get_token_for(request.user, pk)
    services.revoke_token(actor=request.user, token=token, now=timezone.now())
    messages.success(request, _("Revoked. Nothing gets in with it from now on."))
    return redirect("token_list")


@require_safe
def token_confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Is it meant?"""
    token = access.get_token_for(request.user, pk)
    return render(request, "coaching/feeds/token_confirm.html", {"token": token})
