from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class ConnectorsConfig(AppConfig):
    name = "coaching.connectors"
    label = "coaching_connectors"
    verbose_name = "Connectors"

    def ready(self) -> None:
        register(
            Work(
                "sync_connections",
                _("Ask the connected helpdesks"),
                "coaching.connectors.schedule.sync_connections",
                every=timedelta(minutes=1),
                at_most=timedelta(hours=1),
            )
        )
