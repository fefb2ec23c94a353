"""What learners say of the modules they completed: with their name, to the editors."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from learning.modules.models import Module
from people.models import Person

MOST_WORDS = 1000


class ModuleFeedback(models.Model):
    """One person on one version of a module: did it help? It is theirs to change or take back at any time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    content_digest = models.CharField(max_length=64)
    helped = models.BooleanField(_("it helped"))
    comment = models.TextField(_("in a sentence"), max_length=MOST_WORDS, blank=True)
    given_at = models.DateTimeField()
    # What this person said last of the module: shares count that. One of several versions; kept by services.give_feedback.
    is_last = models.BooleanField(default=True)
    # Until somebody has read what it says now; a changed comment is to be read again.
    read_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=MOST_WORDS, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at", "-pk"]
        indexes = [
            models.Index(fields=["module", "person"], name="feedback_of_module"),
            models.Index(fields=["module", "helped"], condition=Q(is_last=True), name="feedback_last_said"),
            models.Index(fields=["read_at", "module"], name="feedback_to_read"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "revision"], name="feedback_once_per_version"),
            models.UniqueConstraint(fields=["person", "module"], condition=Q(is_last=True), name="feedback_one_last"),
            models.CheckConstraint(condition=Q(answer="") ^ Q(answered_at__isnull=False), name="feedback_answer_has_time"),
        ]

    def __str__(self) -> str:
        # Without what was said: the audit log keeps this name.
        return str(self.module)
