from datetime import time, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.schedule import Work, register


class MetricsConfig(AppConfig):
    name = "coaching.metrics"
    label = "coaching_metrics"
    verbose_name = "Metrics"

    def ready(self) -> None:
        waits, teams = "coaching.metrics.schedule.count_what_waits", "coaching.metrics.schedule.check_teams_of_days"
        minutes, hour = timedelta(minutes=5), timedelta(hours=1)
        register(Work("recount_figures", _("Count the days that wait"), waits, every=minutes, at_most=hour))
        register(Work("check_teams", _("Check the team of each day"), teams, at=time(1, 30), at_most=hour))
