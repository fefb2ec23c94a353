from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "learning.assignments"
    label = "learning_assignments"
    verbose_name = "Assignments"
