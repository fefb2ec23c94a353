"""Snippets: where a survey is shown inside somebody's own site."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from coaching.surveys.models import Snippet, SnippetDay, Survey
from coaching.surveys.services.errors import SurveyError
from people.audit import record
from people.models import Person

LOCAL = {"localhost", "127.0.0.1"}
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
MOST_ORIGINS = 20


def tidy_origin(text: str) -> str:
    """An origin as browsers write it: "https://shop.example.com". Raises SurveyError for anything else.

    Plain http only for one's own machine: elsewhere anybody on the way could show the frame.
    """
    parts = urlsplit(text.strip().lower())
    try:
        port = parts.port
    except ValueError as error:
        raise SurveyError(_("“%(text)s” has no sensible port.") % {"text": text}) from error
    host = parts.hostname or ""
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username or not HOST.fullmatch(host):
        raise SurveyError(
            _("“%(text)s” is no origin. Write scheme and host only, for example https://shop.example.com.") % {"text": text}
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOCAL):
        raise SurveyError(_("“%(text)s” does not begin with https://.") % {"text": text})
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def _tidy_origins(texts: list[str]) -> list[str]:
    origins = list(dict.fromkeys(tidy_origin(text) for text in texts if text.strip()))
    if not origins:
        raise SurveyError(_("Name at least one site that may show it."))
    if len(origins) > MOST_ORIGINS:
        raise SurveyError(_("At most %(n)s sites.") % {"n": MOST_ORIGINS})
    return origins


@transaction.atomic
def add_snippet(*, actor: Person | None, survey: Survey, name: str, origins: list[str], now: datetime) -> Snippet:
    """A new place for a survey. Raises SurveyError for origins that are none."""
    snippet = Snippet.objects.create(
        survey=survey,
        name=name,
        key=secrets.token_hex(8),
        origins=_tidy_origins(origins),
        created_at=now,
        created_by=actor,
    )
    record(
        actor=actor, verb="survey.add_snippet", target=snippet, after={"survey": survey.pk, "origins": snippet.origins}, now=now
    )
    return snippet


@transaction.atomic
def change_snippet(
    *, actor: Person | None, snippet: Snippet, name: str, origins: list[str], is_active: bool, now: datetime
) -> Snippet:
    """Name, sites, on or off. Raises SurveyError for origins that are none."""
    snippet = Snippet.objects.select_for_update().get(pk=snippet.pk)
    before = _state(snippet)
    snippet.name, snippet.origins, snippet.is_active = name, _tidy_origins(origins), is_active
    if _state(snippet) != before:
        snippet.save(update_fields=["name", "origins", "is_active"])
        record(actor=actor, verb="survey.change_snippet", target=snippet, before=before, after=_state(snippet), now=now)
    return snippet


@transaction.atomic
def renew_secret(*, actor: Person | None, snippet: Snippet, now: datetime) -> Snippet:
    """Another secret; what was signed with the one before is refused from now on."""
    snippet = Snippet.objects.select_for_update().get(pk=snippet.pk)
    snippet.secret_number += 1
    snippet.save(update_fields=["secret_number"])
    record(
        actor=actor,
        verb="survey.renew_secret",
        target=snippet,
        before={"secret": snippet.secret_number - 1},
        after={"secret": snippet.secret_number},
        now=now,
    )
    return snippet


def _state(snippet: Snippet) -> dict[str, object]:
    return {"name": snippet.name, "origins": snippet.origins, "active": snippet.is_active}


@transaction.atomic
def count_shown(*, snippet: Snippet, day: date) -> None:
    """One more opening on that day. Nothing else is noted: not who, not where."""
    SnippetDay.objects.bulk_create([SnippetDay(snippet=snippet, day=day)], ignore_conflicts=True)
    SnippetDay.objects.filter(snippet=snippet, day=day).update(shown=F("shown") + 1)
