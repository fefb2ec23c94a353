from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "learning.feedback"
    label = "learning_feedback"
    verbose_name = "Feedback on modules"
