from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "coaching.dashboards"
    label = "coaching_dashboards"
    verbose_name = "Dashboards"
