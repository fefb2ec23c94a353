"""Learning paths: modules in an order, and who goes which path."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learning.assignments.models import Assignment
from learning.modules.models import Module
from people.models import Person


class LearningPath(models.Model):
    """Steps in an order. It may be changed while people go it: what they completed counts, wherever it stands then."""

    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("summary"), max_length=500, blank=True, help_text=_("What you can do afterwards."))
    archived_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [models.UniqueConstraint(fields=["title"], condition=Q(archived_at=None), name="path_title_once")]

    def __str__(self) -> str:
        return self.title


class PathStep(models.Model):
    """One step: `needed` of its modules must be completed, whichever the learner chooses."""

    path = models.ForeignKey(LearningPath, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    needed = models.PositiveSmallIntegerField(_("how many of them"), default=1, validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["path", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.path_id}/{self.position}"


class StepModule(models.Model):
    """A module of a step, in the order in which the step shows them."""

    step = models.ForeignKey(PathStep, on_delete=models.CASCADE, related_name="step_modules")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["step", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["step", "module"], name="step_module_once")]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.module_id}"


class PathAssignmentQuerySet(models.QuerySet["PathAssignment"]):
    def open(self) -> PathAssignmentQuerySet:
        """Neither completed nor withdrawn."""
        return self.filter(state=PathAssignment.State.OPEN)


class PathAssignment(models.Model):
    """One person is to go one path. Its modules are assigned step by step, as the steps before are completed."""

    class State(models.TextChoices):
        OPEN = "open", _("On the way")
        COMPLETED = "completed", _("Completed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    path = models.ForeignKey(LearningPath, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("due on"), null=True, blank=True)
    source = models.CharField(max_length=10, choices=Assignment.Source)
    because = models.TextField(_("because"), max_length=1000, blank=True)
    cause = models.CharField(max_length=200, blank=True, default="")
    assigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    completed_at = models.DateTimeField(null=True, blank=True)
    # The steps as they were when the path was completed: their modules, how many were needed, what was done on which day.
    snapshot = models.JSONField(default=list, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    objects = PathAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-assigned_at", "-pk"]
        indexes = [models.Index(fields=["path", "state", "person"], name="path_assignment_of_path")]
        constraints = [
            models.UniqueConstraint(fields=["person", "path"], condition=Q(state="open"), name="path_assignment_one_open"),
            models.UniqueConstraint(fields=["cause"], condition=~Q(cause=""), name="path_assignment_cause_once"),
            models.CheckConstraint(condition=Q(state="withdrawn") ^ Q(withdrawn_at=None), name="path_withdrawn_has_time"),
            models.CheckConstraint(condition=Q(state="completed") ^ Q(completed_at=None), name="path_completed_has_time"),
        ]

    def __str__(self) -> str:
        return str(self.path)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
