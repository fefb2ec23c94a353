from importlib import import_module

from django.apps import AppConfig


class PlaybookConfig(AppConfig):
    name = "coaching.playbook"
    label = "coaching_playbook"
    verbose_name = "Playbook"

    def ready(self) -> None:
        """Begin to listen, and to recommend: importing registers both."""
        import_module("coaching.playbook.handlers")
        import_module("coaching.playbook.recommending.queries")
