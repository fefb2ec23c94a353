from django.apps import AppConfig


class PlaybookConfig(AppConfig):
    name = "coaching.playbook"
    label = "coaching_playbook"
    verbose_name = "Playbook"
