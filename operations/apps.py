from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class OperationsConfig(AppConfig):
    name = "operations"
    label = "operations"
    verbose_name = "Operations"

    def ready(self) -> None:
        register(Work("tidy_up", _("Sweep away what is over"), "operations.schedule.tidy_up", at=time(2, 30)))
