"""What learners answered. The questions themselves live in the attempt's frozen revision."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext as _

from learning.assignments.models import Attempt


class QuizSubmission(models.Model):
    """One try at the quiz, marked at once. `answers` maps question id to the chosen answer ids."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    answers = models.JSONField()
    score_percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    passed = models.BooleanField()
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ["attempt", "number"]
        constraints = [models.UniqueConstraint(fields=["attempt", "number"], name="quiz_submission_number_once")]

    def __str__(self) -> str:
        # Without the score: the audit log keeps this name, and its readers see nobody's results.
        return _("Try %(number)s") % {"number": self.number}
