"""Rules that give a module or a path to whoever meets their conditions, and what each rule gave to whom."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learning.assignments.models import Assignment
from learning.modules.models import Module
from learning.paths.models import LearningPath, PathAssignment
from people.models import Person


class AssignmentRule(models.Model):
    """Conditions kept as data (`learning.assignments.groups.audience.Audience`), and what who meets them is given.

    While it is active it is applied every hour: to whoever meets it then, those already there included.
    """

    class State(models.TextChoices):
        PAUSED = "paused", _("Paused")
        ACTIVE = "active", _("Active")
        ARCHIVED = "archived", _("Archived")

    name = models.CharField(_("name"), max_length=120)
    module = models.ForeignKey(Module, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    path = models.ForeignKey(LearningPath, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    conditions = models.JSONField(default=dict)
    due_in_days = models.PositiveSmallIntegerField(
        _("due in days"), default=14, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    because = models.TextField(_("because"), max_length=700)
    state = models.CharField(max_length=10, choices=State, default=State.PAUSED)
    # Why it paused by itself; empty where somebody paused it.
    trouble = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(module=None, path__isnull=False) | Q(module__isnull=False, path=None), name="rule_gives_one_thing"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def gives(self) -> Module | LearningPath:
        if self.module is not None:
            return self.module
        if self.path is not None:
            return self.path
        raise ValueError("a rule gives a module or a path")  # rule_gives_one_thing keeps it


class RuleGrant(models.Model):
    """A rule gave somebody its module or path. While it stands (`ended_at` None) the rule does not give it to them again."""

    rule = models.ForeignKey(AssignmentRule, on_delete=models.PROTECT, related_name="grants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    path_assignment = models.ForeignKey(PathAssignment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-granted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "person"], condition=Q(ended_at=None), name="rule_grant_one_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} for {self.person_id}"
