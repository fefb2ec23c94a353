from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "learning.quizzes"
    label = "learning_quizzes"
    verbose_name = "Quizzes"
