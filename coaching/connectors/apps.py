from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "coaching.connectors"
    label = "coaching_connectors"
    verbose_name = "Connectors"
