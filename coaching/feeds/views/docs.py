"""The API's description: for programs, and as a page of ours without any script or foreign file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from coaching.feeds import services
from coaching.feeds.api import description
from coaching.feeds.api_errors import no_token, not_here
from coaching.feeds.openapi import operations
from people.requests import PersonRequest


@login_not_required
@require_safe
def openapi_json(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, for whoever is signed in or sends a token."""
    if not request.user.is_authenticated:
        kind, _space, text = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or services.find_token(text=text, now=timezone.now()) is None:
            return no_token()
    return JsonResponse(description())


@require_safe
def api_docs(request: PersonRequest) -> HttpResponse:
    """What the API takes and answers, for people."""
    told = description()
    return render(request, "coaching/feeds/api_docs.html", {"operations": operations(told), "info": told["info"]})


@login_not_required
@csrf_exempt
def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """No operation has this address. It changes nothing, so it needs no CSRF token to say so."""
    return not_here()
