from django.apps import AppConfig

from config import checks


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = "Configuration"

    def ready(self) -> None:
        checks.register_checks()
