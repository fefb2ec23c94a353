from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "coaching.surveys"
    label = "coaching_surveys"
    verbose_name = "Surveys"
