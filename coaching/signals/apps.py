from datetime import time, timedelta
from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class SignalsConfig(AppConfig):
    name = "coaching.signals"
    label = "coaching_signals"
    verbose_name = "Signals"

    def ready(self) -> None:
        """Importing the panels registers them for the person's page."""
        import_module("coaching.signals.panels")
        night = timedelta(hours=1)
        register(Work("raise_signals", _("Raise signals"), "coaching.signals.schedule.raise_tonight", at=time(3), at_most=night))
