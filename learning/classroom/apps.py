from django.apps import AppConfig


class ClassroomConfig(AppConfig):
    name = "learning.classroom"
    label = "learning_classroom"
    verbose_name = "Learning reports"
