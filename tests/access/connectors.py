"""Connections to helpdesks: administrators only; everybody else, the head included, is told so."""

from datetime import date

from coaching.connectors import services
from tests.access_table import Entry, only


def build(cast, now):
    connection = services.add_connection(
        actor=cast.adam,
        system="zammad",
        name="Zammad",
        source_key="zammad",
        base_url="https://help.invented.example",
        credentials={"token": "canary"},
        interval_minutes=60,
        fetch_since=date(2026, 6, 1),
        now=now,
    )
    # Paused: nobody's test sets off a call to the outside.
    services.pause_connection(actor=cast.adam, connection=connection, now=now)
    return {"connection": connection}


def one(w):
    return [w.connection.pk]


ENTRIES = [
    Entry("connection_list", get=only("admin")),
    Entry("connection_choose", get=only("admin")),
    Entry("connection_add", args=lambda w: ["zendesk"], get=only("admin"), post=only("admin")),
    Entry("connection_add", args=lambda w: ["no-such"], get=only("admin", status=404), case="no such helpdesk"),
    Entry("connection_detail", args=one, get=only("admin")),
    Entry("connection_change", args=one, get=only("admin"), post=only("admin")),
    Entry("connection_check", args=one, post=only("admin", status=302)),
    Entry("connection_run", args=one, post=only("admin", status=302)),
    Entry("connection_pause", args=one, post=only("admin", status=302)),
    Entry("connection_resume", args=one, post=only("admin", status=302)),
    Entry("connection_delete", args=one, get=only("admin"), post=only("admin", status=302)),
]
