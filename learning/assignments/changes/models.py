"""That a published module changed materially, and for whom it is to be learnt again."""

from __future__ import annotations

from django.db import models
from wagtail.models import Revision

from learning.modules.models import Module
from people.models import Person


class ModuleChange(models.Model):
    """What the editor said about one publish, taken from the revision it froze. Only material ones have a row."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(max_length=500)
    audience = models.JSONField(default=dict)  # learning.assignments.groups.audience.Audience
    due_in_days = models.PositiveSmallIntegerField()
    noticed_at = models.DateTimeField()

    class Meta:
        ordering = ["-noticed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.module_id}, revision {self.revision_id}"


class ChangeGroup(models.Model):
    """In which teams a material change of a module is learnt again; without a row in all. Names of teams never enter the editors' admin."""

    module = models.OneToOneField(Module, on_delete=models.CASCADE, related_name="+")
    teams = models.JSONField(default=list)
    chosen_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"module {self.module_id}"
