"""Which module answers which failed criterion, and a trace of every time a rule fired."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coaching.playbook.recommending.models import SuggestionDismissal
from coaching.quality.models import Review
from learning.assignments.models import Assignment
from learning.modules.models import Module

__all__ = ["Remedy", "RuleRun", "SuggestionDismissal"]

MOST_WEIGHT = 3


class Remedy(models.Model):
    """A failed criterion assigns this module. Keys, not ids: they mean the same in every scorecard version."""

    scorecard_key = models.SlugField(max_length=60)
    criterion_key = models.SlugField(max_length=60)
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+", verbose_name=_("module"))
    due_in_days = models.PositiveSmallIntegerField(
        _("due in days"), default=14, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    # How much to the point the module is when something is recommended; failing the criterion assigns it whatever this says.
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MaxValueValidator(MOST_WEIGHT)])
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["scorecard_key", "criterion_key"]
        constraints = [
            models.UniqueConstraint(fields=["scorecard_key", "criterion_key"], name="remedy_once_per_criterion"),
            models.CheckConstraint(condition=Q(due_in_days__gte=1, due_in_days__lte=365), name="remedy_due_in_a_year"),
            models.CheckConstraint(condition=Q(weight__lte=MOST_WEIGHT), name="remedy_weight_to_three"),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_key}/{self.criterion_key}"


class RuleRun(models.Model):
    """A rule met a cause, once. Says what came of it, so that nothing fires twice and everything can be explained."""

    class Outcome(models.TextChoices):
        ASSIGNED = "assigned", _("Module assigned")
        ALREADY_OPEN = "already_open", _("The person had it to do already")
        CARRIED_OVER = "carried_over", _("Assigned by the review that this one corrects")
        NOT_POSSIBLE = "not_possible", _("Not assigned: the module or the account is not available")
        WITHDRAWN = "withdrawn", _("Assignment withdrawn")
        KEPT_STARTED = "kept_started", _("Kept: it is started or done")
        PRACTISED = "practised", _("Questions brought into daily practice")
        KEPT_NEEDED = "kept_needed", _("Kept: another review asks for it too")

    rule = models.CharField(max_length=60)
    cause = models.CharField(max_length=200)
    remedy = models.ForeignKey(Remedy, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["rule", "cause"], name="rule_run_once_per_cause")]

    def __str__(self) -> str:
        return f"{self.rule} on {self.cause}: {self.outcome}"
