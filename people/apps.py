from datetime import time, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class PeopleConfig(AppConfig):
    name = "people"
    label = "people"
    verbose_name = "People"

    def ready(self) -> None:
        register(Work("seal_audit", _("Seal the audit log"), "people.schedule.seal", every=timedelta(hours=1)))
        register(Work("sweep_uploads", _("Remove uploaded lists of people"), "people.schedule.sweep_uploads", at=time(2, 15)))
