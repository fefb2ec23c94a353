"""What a reviewer keeps at hand while writing: comments used again, and a note nobody else reads."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Person


class Snippet(models.Model):
    """A comment that a reviewer writes again and again. A shared one is offered to every reviewer."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(_("title"), max_length=60)
    text = models.TextField(_("text"), max_length=2000)
    is_shared = models.BooleanField(_("shared with all reviewers"), default=False)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "title"], name="snippet_title_once_per_person")]

    def __str__(self) -> str:
        return self.title


class WorkingNote(models.Model):
    """The reviewer's own note on a draft. It is gone once the review is finished or given to somebody else."""

    review = models.OneToOneField("coaching_quality.Review", on_delete=models.CASCADE, related_name="working_note")
    text = models.TextField()

    def __str__(self) -> str:
        return f"Note {self.review_id}"
