from datetime import time, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class PracticeConfig(AppConfig):
    name = "learning.practice"
    label = "learning_practice"
    verbose_name = "Practice"

    def ready(self) -> None:
        often = timedelta(minutes=15)
        register(Work("practice_cards", _("Make cards for daily practice"), "learning.practice.schedule.make_cards", every=often))
        months = "learning.practice.schedule.close_months"
        register(Work("close_practice_months", _("Close months of daily practice"), months, at=time(5, 30)))
