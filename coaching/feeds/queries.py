"""What the pages and the API show of the feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from coaching.feeds.batches import InteractionState
from coaching.feeds.models import ApiToken, DayTally, Delivery, InboxEvent, IncomingWebhook, OutgoingWebhook
from coaching.interactions.models import Interaction, Source

MAX_KEY = 200
DAYS_SHOWN = 30


@dataclass(frozen=True)
class TokenRow:
    """A token with its state in one word: live, revoked, expired, or owner (who may no longer keep feeds)."""

    token: ApiToken
    state: str


def token_rows(tokens: QuerySet[ApiToken], now: datetime) -> list[TokenRow]:
    """All tokens, live ones first."""
    rows = [TokenRow(token, token_state(token, now)) for token in tokens.prefetch_related("owner__role_grants")]
    return sorted(rows, key=lambda row: row.state != "live")


def token_state(token: ApiToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at is not None and token.expires_at <= now:
        return "expired"
    if not token.owner.is_active or "admin" not in token.owner.roles:
        return "owner"
    return "live"


def days_of(tallies: QuerySet[DayTally], now: datetime) -> list[DayTally]:
    """What came in during the last 30 days, newest first."""
    return list(tallies.select_related("source").filter(day__gt=now.date() - timedelta(days=DAYS_SHOWN)))


def source_keys() -> list[str]:
    """The sources there are, for a form to offer."""
    return list(Source.objects.order_by("key").values_list("key", flat=True))


def with_event_counts(endpoints: QuerySet[IncomingWebhook]) -> QuerySet[IncomingWebhook]:
    """Webhooks in, each with how many events failed or wait, and when the last one came."""
    return endpoints.order_by("name", "pk").annotate(
        failed=Count("events", filter=Q(events__state=InboxEvent.State.FAILED)),
        waiting=Count("events", filter=Q(events__state=InboxEvent.State.WAITING)),
        last_at=Max("events__received_at"),
    )


def with_delivery_counts(endpoints: QuerySet[OutgoingWebhook]) -> QuerySet[OutgoingWebhook]:
    """Webhooks out, each with how many deliveries failed or wait, and when the last one arrived."""
    return endpoints.order_by("name", "pk").annotate(
        failed=Count("deliveries", filter=Q(deliveries__state=Delivery.State.FAILED)),
        waiting=Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING)),
        last_at=Max("deliveries__finished_at", filter=Q(deliveries__state=Delivery.State.DELIVERED)),
    )


def events_in(events: QuerySet[InboxEvent], state: str) -> QuerySet[InboxEvent]:
    return events.filter(state=state) if state in InboxEvent.State.values else events


def deliveries_in(deliveries: QuerySet[Delivery], state: str) -> QuerySet[Delivery]:
    return deliveries.filter(state=state) if state in Delivery.State.values else deliveries


def interaction_state(visible: QuerySet[Interaction], source_key: str, external_id: str) -> InteractionState | None:
    """What the API tells of a case; None where this reader has none of that id."""
    if "\x00" in external_id + source_key or len(external_id) > MAX_KEY:
        return None
    found = visible.filter(source__key=source_key, external_id=external_id)
    case: Any = found.annotate(n_messages=Count("messages", distinct=True), n_surveys=Count("surveys", distinct=True)).first()
    if case is None:
        return None
    return InteractionState(
        source=source_key,
        external_id=case.external_id,
        channel=case.channel,
        status=case.status,
        handler=case.handler.external_key if case.handler else None,
        handler_is_matched=bool(case.handler and case.handler.person_id),
        opened_at=_iso(case.opened_at) or "",
        first_reply_at=_iso(case.first_reply_at),
        resolved_at=_iso(case.resolved_at),
        last_event_at=_iso(case.last_event_at),
        reopens=case.reopens,
        messages=case.n_messages,
        survey_answers=case.n_surveys,
        only_from_messages=case.from_messages,
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
