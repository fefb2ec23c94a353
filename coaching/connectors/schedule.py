"""What the connections do by themselves."""

from datetime import datetime

from django.utils.translation import gettext as _

from coaching.connectors import queries
from coaching.connectors.models import SyncRun
from coaching.connectors.syncing import sync
from foundation.schedule import WorkFailed


def sync_connections(now: datetime) -> str:
    """Ask every helpdesk that is due. What went wrong with one stands on its page, and does not stop the others."""
    runs = [(connection, sync(connection_pk=connection.pk)) for connection in queries.to_run(now)]
    failed = [str(connection) for connection, run in runs if run is not None and run.state == SyncRun.State.FAILED]
    if failed:
        raise WorkFailed(_("These connections need a look: %(names)s.") % {"names": ", ".join(failed)})
    return f"{sum(run is not None for _connection, run in runs)} connections asked"
