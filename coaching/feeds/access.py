"""Who keeps the live feed: administrators. What a token may do is said by its scopes."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from coaching.feeds.models import ApiToken, Delivery, InboxEvent, IncomingWebhook, OutgoingWebhook
from coaching.interactions.models import Interaction
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role


def can_keep_feeds(person: Person) -> Decision:
    if person.has_role(Role.ADMIN):
        return ALLOWED
    return denied(_("Only an administrator keeps API tokens and webhooks."))


def can_use(token: ApiToken, scope: str) -> Decision:
    if scope in token.scopes:
        return ALLOWED
    return denied(_("This token may not do that: it needs “%(scope)s”. Make a token that has it.") % {"scope": scope})


def can_write_source(token: ApiToken, source_key: str) -> Decision:
    if token.source is None or token.source.key == source_key:
        return ALLOWED
    return denied(_("This token is for the source “%(source)s” only.") % {"source": token.source.key})


def interactions_readable_with(token: ApiToken) -> QuerySet[Interaction]:
    """Cases whose state a token may look up: all, or those of its source."""
    rows = Interaction.objects.select_related("source", "handler", "assignee")
    return rows if token.source_id is None else rows.filter(source=token.source_id)


def tokens_visible_to(person: Person) -> QuerySet[ApiToken]:
    return ApiToken.objects.select_related("owner", "source") if can_keep_feeds(person) else ApiToken.objects.none()


def incoming_visible_to(person: Person) -> QuerySet[IncomingWebhook]:
    return IncomingWebhook.objects.select_related("source") if can_keep_feeds(person) else IncomingWebhook.objects.none()


def events_visible_to(person: Person) -> QuerySet[InboxEvent]:
    """Deliveries of other systems without their bodies, which hold what customers wrote."""
    events = InboxEvent.objects.select_related("endpoint").defer("body")
    return events if can_keep_feeds(person) else events.none()


def outgoing_visible_to(person: Person) -> QuerySet[OutgoingWebhook]:
    return OutgoingWebhook.objects.all() if can_keep_feeds(person) else OutgoingWebhook.objects.none()


def deliveries_visible_to(person: Person) -> QuerySet[Delivery]:
    deliveries = Delivery.objects.select_related("endpoint", "event")
    return deliveries if can_keep_feeds(person) else deliveries.none()


def get_token_for(person: Person, pk: int) -> ApiToken:
    """One token: 403 for everybody but administrators, 404 where there is none. So are the loaders below."""
    can_keep_feeds(person).or_403()
    return get_object_or_404(tokens_visible_to(person), pk=pk)


def get_incoming_for(person: Person, pk: int) -> IncomingWebhook:
    can_keep_feeds(person).or_403()
    return get_object_or_404(incoming_visible_to(person), pk=pk)


def get_event_for(person: Person, pk: int) -> InboxEvent:
    can_keep_feeds(person).or_403()
    return get_object_or_404(events_visible_to(person), pk=pk)


def get_outgoing_for(person: Person, pk: int) -> OutgoingWebhook:
    can_keep_feeds(person).or_403()
    return get_object_or_404(outgoing_visible_to(person), pk=pk)


def get_delivery_for(person: Person, pk: int) -> Delivery:
    can_keep_feeds(person).or_403()
    return get_object_or_404(deliveries_visible_to(person), pk=pk)
