from datetime import time, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class QualityConfig(AppConfig):
    name = "coaching.quality"
    label = "coaching_quality"
    verbose_name = "Quality"

    def ready(self) -> None:
        register(
            Work("draw_reviews", _("Draw the week’s conversations for review"), "coaching.quality.schedule.draw", at=time(4))
        )
        register(
            Work(
                "release_reviews",
                _("Release reviews that were held until today"),
                "coaching.quality.schedule.release",
                every=timedelta(hours=1),
            )
        )
        register(
            Work("remind_to_acknowledge", _("Remind of reviews not read in time"), "coaching.quality.schedule.remind", at=time(8))
        )
