from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class FeedsConfig(AppConfig):
    name = "coaching.feeds"
    label = "coaching_feeds"
    verbose_name = "Feeds"

    def ready(self) -> None:
        minute = timedelta(minutes=1)
        register(Work("run_feeds", _("Take up the live feed"), "coaching.feeds.schedule.run_feeds", every=minute))
