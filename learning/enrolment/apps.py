from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class EnrolmentConfig(AppConfig):
    name = "learning.enrolment"
    label = "learning_enrolment"
    verbose_name = "Assignment rules"

    def ready(self) -> None:
        hour = timedelta(hours=1)
        register(Work("apply_rules", _("Apply the assignment rules"), "learning.enrolment.schedule.apply_all", every=hour))
