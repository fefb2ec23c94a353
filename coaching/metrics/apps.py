from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "coaching.metrics"
    label = "coaching_metrics"
    verbose_name = "Metrics"
