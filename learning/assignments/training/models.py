"""What people learnt before, or elsewhere: imported, never completed here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from learning.modules.models import Module
from people.models import Person


class PastTraining(models.Model):
    """A training somebody completed outside of this site. `minutes` is how long it took, 0 where nobody knows.

    Where it names a module, it counts as having completed that module once: for prerequisites, paths and rules.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("training"), max_length=255)
    completed_on = models.DateField(_("completed on"))
    provider = models.CharField(_("where"), max_length=120, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), default=0)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    module = models.ForeignKey(Module, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    imported_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["-completed_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["person", "title", "completed_on"], name="past_training_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def seconds(self) -> int:
        return self.minutes * 60
