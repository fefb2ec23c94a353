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
            Work(
                "draw_reviews",
                _("Draw conversations for review, by the sampling plans"),
                "coaching.quality.schedule.draw",
                at=time(4),
            )
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
        calibration = "coaching.quality.calibration.schedule"
        register(Work("remind_calibration", _("Remind participants of calibration"), f"{calibration}.remind", at=time(7)))
        night = timedelta(hours=1)
        register(Work("count_reviewers", _("Count how reviewers agree"), f"{calibration}.count", at=time(2), at_most=night))
        helpers = "coaching.quality.suggestions.schedule"
        register(Work("find_suggestions", _("Find conversations worth a look"), f"{helpers}.find", every=timedelta(hours=1)))
        register(Work("train_learner", _("Train the learner on new reviews"), f"{helpers}.train", at=time(5)))
        register(Work("ask_assistant", _("Ask the assistant again what waits"), f"{helpers}.ask", every=timedelta(minutes=1)))
        register(
            Work(
                "sweep_quality_files",
                _("Remove exports of quality data after a day"),
                "coaching.quality.exchange.schedule.sweep",
                every=timedelta(hours=1),
            )
        )
