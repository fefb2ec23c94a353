"""Work of the connections that a worker does."""

from django_tasks import task

from coaching.connectors.syncing import sync


@task()
def sync_connection(pk: int) -> None:
    """Run one connection now. Where somebody else runs it already, this leaves at once."""
    sync(connection_pk=pk)
