from datetime import time, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class AssignmentsConfig(AppConfig):
    name = "learning.assignments"
    label = "learning_assignments"
    verbose_name = "Assignments"

    def ready(self) -> None:
        often = timedelta(minutes=15)
        register(Work("send_reminders", _("Remind of what is to be learnt"), "learning.assignments.schedule.remind", every=often))
        changed = "learning.assignments.schedule.reopen"
        register(Work("reopen_changed", _("Assign again what changed materially"), changed, every=timedelta(hours=1)))
        register(Work("recertify", _("Open renewals of certificates"), "learning.assignments.schedule.recertify", at=time(6, 0)))
