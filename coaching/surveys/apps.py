from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class SurveysConfig(AppConfig):
    name = "coaching.surveys"
    label = "coaching_surveys"
    verbose_name = "Surveys"

    def ready(self) -> None:
        minutes = timedelta(minutes=5)
        register(Work("send_surveys", _("Send the surveys"), "coaching.surveys.schedule.send_surveys", every=minutes))
