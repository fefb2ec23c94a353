from django.apps import AppConfig


class GroupSessionsConfig(AppConfig):
    name = "learning.group_sessions"
    label = "learning_group_sessions"
    verbose_name = "Group sessions"
