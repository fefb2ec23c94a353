from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class AssignmentsConfig(AppConfig):
    name = "learning.assignments"
    label = "learning_assignments"
    verbose_name = "Assignments"

    def ready(self) -> None:
        register(Work("recertify", _("Open renewals of certificates"), "learning.assignments.schedule.recertify", at=time(6, 0)))
