"""What the pages and the schedule read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from coaching.connectors.models import STALE_AFTER, Connection, SyncRun

State = SyncRun.State
UNANSWERED = timedelta(minutes=2)  # a run that no worker has taken by then
LATE = 3  # times its interval that a connection may be silent before the page says so


def to_run(now: datetime, pk: int | None = None) -> list[Connection]:
    """The connections that are due, or the one with this id if it is switched on; the longest waiting first."""
    connections = Connection.objects.defer("secrets")
    if pk is not None:
        return list(connections.filter(pk=pk, enabled=True))
    return list(connections.due(now).order_by("next_run_at", "pk"))


@dataclass(frozen=True)
class Standing:
    """How a connection does, for a pill and the line below it."""

    text: str
    tone: str
    moving: bool = False


def standing(connection: Connection, newest_state: str | None, now: datetime) -> Standing:
    """The state of a connection in words."""
    running = bool(connection.run_token) and not is_stale(connection, now)
    if running:
        return Standing(_("Fetching"), "info", moving=True)
    if newest_state == State.WAITING:
        return Standing(_("Waiting for the worker"), "info", moving=True)
    if not connection.enabled:
        return Standing(_("Paused"), "neutral")
    if connection.failures:
        return Standing(_("Needs a look"), "bad")
    if newest_state == State.LATER:
        return Standing(_("Goes on later"), "attention")
    if connection.last_success_at is None:
        return Standing(_("Not fetched yet"), "neutral")
    if now - connection.last_success_at > LATE * timedelta(minutes=connection.interval_minutes):
        return Standing(_("Late"), "attention")
    return Standing(_("Up to date"), "good")


def standings(connections: Sequence[Connection], now: datetime) -> list[tuple[Connection, Standing]]:
    """The connections of a page, each with how it does. One query for all of them."""
    newest = SyncRun.objects.filter(connection=OuterRef("pk")).order_by("-created_at", "-pk")
    known = Connection.objects.filter(pk__in=[connection.pk for connection in connections])
    states = dict(known.annotate(newest_state=Subquery(newest.values("state")[:1])).values_list("pk", "newest_state"))
    return [(connection, standing(connection, states.get(connection.pk), now)) for connection in connections]


def is_stale(connection: Connection, now: datetime) -> bool:
    """Was its run given up? Its worker has not been heard of for five minutes."""
    return bool(connection.run_token) and (connection.heartbeat_at is None or connection.heartbeat_at < now - STALE_AFTER)


def runs_of(connection: Connection) -> QuerySet[SyncRun]:
    """Its history, newest first."""
    return SyncRun.objects.filter(connection=connection).select_related("started_by")


def newest_run(connection: Connection) -> SyncRun | None:
    return runs_of(connection).first()


def unanswered(run: SyncRun | None, now: datetime) -> bool:
    """Does a run wait that no worker takes?"""
    return run is not None and run.state == State.WAITING and run.created_at < now - UNANSWERED


def source_key_taken(key: str) -> bool:
    return Connection.objects.filter(source__key=key).exists()
