from django.apps import AppConfig


class InteractionsConfig(AppConfig):
    name = "coaching.interactions"
    label = "coaching_interactions"
    verbose_name = "Interactions"
