from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "learning.enrolment"
    label = "learning_enrolment"
    verbose_name = "Assignment rules"
