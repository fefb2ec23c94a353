from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "coaching.quality"
    label = "coaching_quality"
    verbose_name = "Quality"
