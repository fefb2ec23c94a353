from importlib import import_module

from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "coaching.signals"
    label = "coaching_signals"
    verbose_name = "Signals"

    def ready(self) -> None:
        """Importing the panels registers them for the person's page."""
        import_module("coaching.signals.panels")
