from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class StatementsConfig(AppConfig):
    name = "learning.statements"
    label = "learning_statements"
    verbose_name = "Statements"

    def ready(self) -> None:
        work = "learning.statements.schedule.tell"
        register(Work("send_statements", _("Tell the learning record store"), work, every=timedelta(minutes=5)))
