"""The verbs of API tokens: make one (shown once), revoke it, count a call against its limit."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from coaching.feeds.access import can_keep_feeds
from coaching.feeds.models import ApiToken, Scope
from coaching.feeds.services.errors import FeedError
from coaching.feeds.services.sources import source_for
from foundation.secrets import digest
from people.audit import record
from people.models import Person

BEGINS_WITH = "unc_"
CALLS_PER_MINUTE = 120
WINDOW = timedelta(minutes=1)


@transaction.atomic
def create_token(
    *, actor: Person, name: str, scopes: Iterable[str], source_key: str = "", expires_at: datetime | None = None, now: datetime
) -> tuple[ApiToken, str]:
    """A new token and its text, which is shown now and never again: only its SHA-256 is stored.

    `source_key` restricts it to one source, which is made where there is none of that key.
    Raises FeedError where it has no scope, an unknown one, or ends in the past.
    """
    chosen = sorted(set(scopes))
    if not chosen or not set(chosen) <= set(Scope.values):
        raise FeedError(_("Choose at least one thing that the token may do."))
    if expires_at is not None and expires_at <= now:
        raise FeedError(_("The token would have expired already. Choose a later day."))
    secret = BEGINS_WITH + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name,
        owner=actor,
        prefix=secret[:10],
        digest=digest(secret),
        scopes=chosen,
        source=source_for(source_key) if source_key else None,
        created_at=now,
        expires_at=expires_at,
    )
    after = {"scopes": chosen, "source": token.source_id, "until": expires_at.isoformat() if expires_at else None}
    record(actor=actor, verb="token.create", target=token, after=after, now=now)
    return token, secret


@transaction.atomic
def revoke_token(*, actor: Person, token: ApiToken, now: datetime) -> ApiToken:
    """End a token for good. Revoking it again changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        record(actor=actor, verb="token.revoke", target=token, after={"state": "revoked"}, now=now)
    return token


def find_token(*, text: str, now: datetime) -> ApiToken | None:
    """The live token of this text; None where there is none, it has ended, or its owner may no longer keep feeds.

    Found by its hash: what is compared in the database is no part of the secret.
    """
    token = ApiToken.objects.select_related("owner", "source").filter(digest=digest(text), revoked_at=None).first()
    if token is None or (token.expires_at is not None and token.expires_at <= now):
        return None
    if not token.owner.is_active or not can_keep_feeds(token.owner):
        return None
    return token


def count_call(*, token: ApiToken, now: datetime) -> int:
    """Count one call; 0 where it is within the limit, else the seconds to wait.

    One statement decides and counts, so that of many calls at the same moment no more than the limit pass. (The
    cache's `incr` is no such statement where the cache lies in the database: it reads first and writes afterwards.)
    """
    fresh = Q(window_started_at=None) | Q(window_started_at__lte=now - WINDOW) | Q(window_started_at__gt=now + WINDOW)
    passed = ApiToken.objects.filter(fresh | Q(window_calls__lt=CALLS_PER_MINUTE), pk=token.pk).update(
        window_calls=Case(When(fresh, then=Value(1)), default=F("window_calls") + 1),
        window_started_at=Case(When(fresh, then=Value(now)), default=F("window_started_at")),
        last_used_on=now.date(),
    )
    if passed:
        return 0
    started = ApiToken.objects.values_list("window_started_at", flat=True).get(pk=token.pk)
    left = (started or now) + WINDOW - now
    return max(1, int(left.total_seconds()) + 1)
