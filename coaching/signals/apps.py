from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "coaching.signals"
    label = "coaching_signals"
    verbose_name = "Signals"
