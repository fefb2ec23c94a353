from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class QualityConfig(AppConfig):
    name = "coaching.quality"
    label = "coaching_quality"
    verbose_name = "Quality"

    def ready(self) -> None:
        register(
            Work(
                "draw_reviews",
                _("Draw conversations for review, by the sampling plans"),
                "coaching.quality.schedule.draw",
                at=time(4),
            )
        )
