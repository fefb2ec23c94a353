"""What somebody does not want to be recommended for a while. Nobody else reads it."""

from __future__ import annotations

from django.db import models

from learning.modules.models import Module
from people.models import Person


class SuggestionDismissal(models.Model):
    """Put aside until that day, the day itself excluded."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="+")
    until = models.DateField()

    class Meta:
        ordering = ["-until", "pk"]
        constraints = [models.UniqueConstraint(fields=["person", "module"], name="suggestion_dismissed_once")]

    def __str__(self) -> str:
        return str(self.module)
