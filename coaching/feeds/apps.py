from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "coaching.feeds"
    label = "coaching_feeds"
    verbose_name = "Feeds"
