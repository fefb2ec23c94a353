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
                "sweep_quality_files",
                _("Remove exports of quality data after a day"),
                "coaching.quality.exchange.schedule.sweep",
                every=timedelta(hours=1),
            )
        )
