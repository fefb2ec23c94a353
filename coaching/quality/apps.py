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
        calibration = "coaching.quality.calibration.schedule"
        register(Work("remind_calibration", _("Remind participants of calibration"), f"{calibration}.remind", at=time(7)))
        night = timedelta(hours=1)
        register(Work("count_reviewers", _("Count how reviewers agree"), f"{calibration}.count", at=time(2), at_most=night))
