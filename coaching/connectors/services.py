"""The verbs of connections: add, change credentials, try, run now, pause, resume, delete."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coaching.connectors import spool
from coaching.connectors.clients import client_class
from coaching.connectors.models import Connection, SyncRun
from coaching.connectors.pacing import Pace
from coaching.connectors.problems import ConnectorError
from coaching.connectors.systems import SYSTEMS
from coaching.connectors.tasks import sync_connection
from coaching.interactions.models import Source
from foundation.secrets import SecretUnreadable, decrypt, encrypt
from people.audit import record
from people.models import Person

__all__ = [
    "ConnectionRefused", "add_connection", "change_connection", "check_connection", "delete_connection", "pause_connection",
    "resume_connection", "run_connection", "try_credentials",
]  # fmt: skip


class ConnectionRefused(Exception):
    """What was asked for cannot be done now; the message says why."""


def try_credentials(
    *,
    system: str,
    base_url: str,
    credentials: dict[str, str],
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Sign in to a helpdesk and read a little; whose credentials they are. Raises ConnectorError, in words. Stores nothing."""
    options, secrets = _split(system, credentials)
    pace = Pace(clock, sleep, random.random)
    # Somebody waits for the page: asked twice, not for half a minute.
    with client_class(system)(base_url=base_url, options=options, secrets=secrets, pace=pace, tries=2) as client:
        return client.check()


def add_connection(
    *,
    actor: Person | None,
    system: str,
    name: str,
    source_key: str,
    base_url: str,
    credentials: dict[str, str],
    interval_minutes: int,
    fetch_since: date,
    now: datetime,
) -> Connection:
    """Connect a helpdesk. Its cases come under `source_key`, joining what was imported from files under that key.

    Raises ConnectionRefused where that source has a connection already.
    """
    options, secrets = _split(system, credentials)
    try:
        with transaction.atomic():
            source, made = Source.objects.get_or_create(key=source_key, defaults={"name": name, "system": system})
            if not made and source.system == Source.System.GENERIC:
                source.system = system
                source.save(update_fields=["system"])
            connection = Connection.objects.create(
                source=source,
                system=system,
                name=name,
                base_url=base_url,
                options=options,
                secrets=encrypt(json.dumps(secrets)),
                interval_minutes=interval_minutes,
                fetch_since=fetch_since,
                created_by=actor,
                created_at=now,
            )
            after = {"system": system, "source": source.key, "minutes": interval_minutes}
            record(actor=actor, verb="connection.add", target=connection, after=after, now=now)
    except IntegrityError as error:
        raise ConnectionRefused(_("There is a connection for the source “%(key)s” already.") % {"key": source_key}) from error
    return connection


def change_connection(
    *,
    actor: Person,
    connection: Connection,
    name: str,
    base_url: str,
    credentials: dict[str, str],
    interval_minutes: int,
    now: datetime,
) -> Connection:
    """Change how a helpdesk is reached. A secret left empty stays as it is, unless the address is another one.

    Raises ConnectionRefused where the stored credentials would be sent to an address they were not given for.
    """
    options, secrets = _split(connection.system, credentials)
    with transaction.atomic():
        connection = Connection.objects.select_for_update().get(pk=connection.pk)
        given = {key: value for key, value in secrets.items() if value}
        if base_url != connection.base_url and len(given) < len(secrets):
            raise ConnectionRefused(
                _("The address is another one: type the credentials anew, so that nobody else gets the old ones.")
            )
        if given:
            try:
                kept = json.loads(decrypt(connection.secrets))
            except SecretUnreadable:
                kept = {}
            connection.secrets = encrypt(json.dumps({**kept, **given}))
        before = {"name": connection.name, "minutes": connection.interval_minutes}
        after = {"name": name, "minutes": interval_minutes}
        changed = {key for key in after if after[key] != before[key]}
        moved = base_url != connection.base_url
        connection.name, connection.base_url, connection.options = name, base_url, options
        connection.interval_minutes = interval_minutes
        if given or moved:
            # What went wrong may be mended: the next round tries at once.
            connection.failures, connection.last_error, connection.next_run_at = 0, "", None
        connection.save()
        record(
            actor=actor,
            verb="connection.change",
            target=connection,
            before={key: before[key] for key in changed},
            after={**{key: after[key] for key in changed}, "credentials": bool(given), "address": moved},
            now=now,
        )
    return connection


def check_connection(*, actor: Person, connection: Connection, clock: Callable[[], datetime]) -> str:
    """Sign in with the stored credentials; whose they are. Raises ConnectorError, in words."""
    try:
        secrets = json.loads(decrypt(Connection.objects.values_list("secrets", flat=True).get(pk=connection.pk)))
    except SecretUnreadable as error:
        raise ConnectorError(str(error)) from error
    who = try_credentials(
        system=connection.system, base_url=connection.base_url, credentials={**connection.options, **secrets}, clock=clock
    )
    record(actor=actor, verb="connection.check", target=connection, now=clock())
    return who


def run_connection(*, actor: Person, connection: Connection, now: datetime) -> SyncRun:
    """Put a run in line. Raises ConnectionRefused where one waits or runs, or the connection is paused."""
    with transaction.atomic():
        connection = Connection.objects.select_for_update().get(pk=connection.pk)
        if not connection.enabled:
            raise ConnectionRefused(_("The connection is paused. Resume it first."))
        if not Connection.objects.filter(pk=connection.pk).claimable(now).exists():
            raise ConnectionRefused(_("It is being fetched just now."))
        # A run that waits for a worker stays the same run; the worker is called once more.
        run, _made = SyncRun.objects.get_or_create(
            connection=connection, state=SyncRun.State.WAITING, defaults={"started_by": actor, "created_at": now}
        )
        record(actor=actor, verb="connection.run", target=connection, now=now)
        transaction.on_commit(partial(sync_connection.enqueue, connection.pk))
    return run


def pause_connection(*, actor: Person, connection: Connection, now: datetime) -> None:
    """Fetch nothing from now on. A run that has begun ends as it would."""
    _switch(actor, connection, enabled=False, verb="connection.pause", now=now)


def resume_connection(*, actor: Person, connection: Connection, now: datetime) -> None:
    """Fetch again, from where it stopped, at the next round."""
    _switch(actor, connection, enabled=True, verb="connection.resume", now=now)


@transaction.atomic
def _switch(actor: Person, connection: Connection, *, enabled: bool, verb: str, now: datetime) -> None:
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    if connection.enabled == enabled:
        return
    connection.enabled, connection.next_run_at = enabled, None
    connection.save(update_fields=["enabled", "next_run_at"])
    record(actor=actor, verb=verb, target=connection, now=now)


def delete_connection(*, actor: Person, connection: Connection, now: datetime) -> None:
    """Forget the credentials, the cursors and the history. The cases, messages and answers that came stay."""
    with transaction.atomic():
        pk = connection.pk
        record(actor=actor, verb="connection.delete", target=connection, before={"source": connection.source.key}, now=now)
        Connection.objects.filter(pk=pk).delete()
        transaction.on_commit(partial(spool.remove_folder, pk))


def _split(system: str, credentials: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What may be shown, and what may not."""
    fields = SYSTEMS[system].credentials
    options = {field.name: credentials.get(field.name, "") for field in fields if not field.secret}
    return options, {field.name: credentials.get(field.name, "") for field in fields if field.secret}
