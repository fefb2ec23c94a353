from importlib import import_module

from django.apps import AppConfig


class PlaybookConfig(AppConfig):
    name = "coaching.playbook"
    label = "coaching_playbook"
    verbose_name = "Playbook"

    def ready(self) -> None:
        """Begin to listen: importing the handlers registers them."""
        import_module("coaching.playbook.handlers")
