"""What the customers' pages share: their frame, their language, their limits.

They stand alone: no sign-in, no session, no cookie, nothing of the site around them. So there is no cookie that a
foreign page could ride on, and no token against that: what a link or a signed case may do, whoever holds it may do.
Requests from a page of another site are refused all the same, where the browser tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from coaching.surveys.models import SurveyText
from coaching.surveys.wording import FALLBACK, LANGUAGES, choose_language, words_in

View = Callable[..., HttpResponse]
# Per minute, hour and network address; and per link, whoever holds it.
LIMITS = {"survey_write": "30/m/ip,200/h/ip,30/h/key", "survey_guess": "30/h/ip", "survey_shown": "60/m/ip"}
NO_INDEX = "noindex, nofollow, noarchive"


def public(view: View) -> View:
    """A page of its own: open to everybody, never kept, never found by a search."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not from_here(request):
            return notice(request, "unknown", status=403)
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = NO_INDEX
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return csrf_exempt(login_not_required(shown))


def from_here(request: HttpRequest) -> bool:
    """Was this sent by one of our own pages, or by no page at all (a mail program's button)?"""
    origin = request.headers.get("Origin")
    return origin is None or (urlsplit(origin).netloc == request.get_host() and origin != "null")


def within_limits(request: HttpRequest, action: str, key: str) -> bool:
    """Count this request; False where there were too many. Addresses are counted as for sign-in: no header is believed."""
    usage = ratelimit.consume(request, app="coaching.surveys", action=action, config=LIMITS, key=key, limit_get=True)
    return usage is not None


def page_language(request: HttpRequest, offered: list[str], default: str, known: str = "") -> str:
    return choose_language(
        offered,
        default,
        asked=request.GET.get("lang", "") or request.POST.get("lang", ""),
        known=known,
        accepted=request.headers.get("Accept-Language", ""),
    )


def answer_page(
    request: HttpRequest, template: str, text: SurveyText, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page about one question, in the language of its words."""
    return render(
        request, template, {"text": text, "words": words_in(text.language), "language": text.language, **context}, status=status
    )


def notice(request: HttpRequest, name: str, *, status: int, language: str = "", link: str = "") -> HttpResponse:
    """A page that only says something: expired, unknown, closed, frozen, busy, stopped, undone."""
    language = language or page_language(request, list(LANGUAGES), FALLBACK)
    words = words_in(language)
    context = {
        "language": language,
        "words": words,
        "title": words.get(f"{name}_title") or words["your_answer"].partition(":")[0],
        "sentence": words[f"{name}_text"] if f"{name}_text" in words else words[name],
        "link": link,
        "name": name,
    }
    return render(request, "coaching/surveys/public/notice.html", context, status=status)
