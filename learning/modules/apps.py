from django.apps import AppConfig


class ModulesConfig(AppConfig):
    name = "learning.modules"
    label = "learning_modules"
    verbose_name = "Modules"
