"""What somebody sent after their sign-in had run out: kept until they have signed in again, so that nothing typed is lost.

Only for views that ask for it (`@keep_sent`): such a view must know from the address whose it is, because the next person to
sign in at this machine may be another. It lies in the session of the browser that sent it, for an hour, and ends with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

KEPT_KEY = "sent_signed_out"
KEPT_FOR = timedelta(hours=1)
MOST = 100_000  # characters; who is signed out is nobody we know

View = TypeVar("View", bound=Callable[..., HttpResponse])


def keep_sent(view: View) -> View:
    """The view's form is kept where it is sent signed out; `sent_before` gives it back."""
    view.keeps_sent = True  # type: ignore[attr-defined]
    return view


def keep(request: HttpRequest, view: Callable[..., object], now: datetime) -> None:
    """Keep what this request sends, where its view wants that. What a page sends by itself stays in the page."""
    if not getattr(view, "keeps_sent", False) or request.headers.get("X-Autosave") == "1":
        return
    body = request.POST.urlencode()
    if len(body) > MOST:
        return
    request.session[KEPT_KEY] = {"path": request.path, "body": body, "at": now.isoformat()}
    request.session.set_expiry(KEPT_FOR)


def sent_before(request: HttpRequest, paths: set[str], now: datetime) -> QueryDict | None:
    """What this browser sent to one of these addresses before it signed in; None where there is nothing, or it is too old."""
    kept = request.session.get(KEPT_KEY)
    if not kept or kept["path"] not in paths or now - datetime.fromisoformat(kept["at"]) > KEPT_FOR:
        return None
    return QueryDict(kept["body"])


def forget_sent(request: HttpRequest) -> None:
    """It has been sent again, signed in."""
    request.session.pop(KEPT_KEY, None)


def page_before(request: HttpRequest) -> str | None:
    """The page of ours on which the request was made, as path and query; None where the browser does not say."""
    page = request.headers.get("Referer", "")
    if not page or not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return None
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or None
