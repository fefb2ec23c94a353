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
        helpers = "coaching.quality.suggestions.schedule"
        register(Work("find_suggestions", _("Find conversations worth a look"), f"{helpers}.find", every=timedelta(hours=1)))
        register(Work("train_learner", _("Train the learner on new reviews"), f"{helpers}.train", at=time(5)))
        register(Work("ask_assistant", _("Ask the assistant again what waits"), f"{helpers}.ask", every=timedelta(minutes=1)))
