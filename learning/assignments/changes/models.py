"""That a published module changed materially, and for whom it is to be learnt again."""

from __future__ import annotations

from django.db import models
from wagtail.models import Revision

from learning.modules.models import Module


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
