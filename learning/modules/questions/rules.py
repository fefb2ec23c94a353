"""How a quiz is taken, and questions it draws from the bank: frozen in the module's revision with everything else."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Review(models.TextChoices):
    """When a learner is shown which answers would have been right."""

    AT_ONCE = "at_once", _("After every try")
    PASSED = "passed", _("Once the quiz is passed")
    LAST = "last", _("Once it is passed or no try is left")
    NEVER = "never", _("Never")


@dataclass(frozen=True)
class QuizRules:
    """The defaults are what quizzes were before there were rules. `attempts` and `time_limit_minutes` 0: no limit."""

    attempts: int = 0
    cooldown_minutes: int = 0
    time_limit_minutes: int = 0
    grace_seconds: int = 30
    shuffle: bool = False
    partial_credit: bool = False
    review: str = Review.PASSED.value


@dataclass(frozen=True)
class Draw:
    """`number` questions at random from the bank: of this category or below it, carrying all these tags."""

    id: str
    number: int
    category: str = ""
    tags: tuple[str, ...] = ()
