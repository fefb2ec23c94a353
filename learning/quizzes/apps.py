from importlib import import_module

from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "learning.quizzes"
    label = "learning_quizzes"
    verbose_name = "Quizzes"

    def ready(self) -> None:
        """Importing it registers what the bank tells rooms beside this one."""
        import_module("learning.quizzes.bank.drawn")
