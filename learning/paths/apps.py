from django.apps import AppConfig


class PathsConfig(AppConfig):
    name = "learning.paths"
    label = "learning_paths"
    verbose_name = "Learning paths"
