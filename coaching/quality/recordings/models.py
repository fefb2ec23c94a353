"""The sound of a call, kept beside its case and never under a public address."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Interaction
from people.models import Person


class Recording(models.Model):
    """One audio file of a case. `stored_name` is ours; the name it came with is only shown."""

    class Kind(models.TextChoices):
        WAV = "wav", "WAV"
        MP3 = "mp3", "MP3"
        OGG = "ogg", "Ogg"
        MP4 = "m4a", "M4A"

    # The case has no constraint in the database, as with all links to imported rows.
    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    stored_name = models.CharField(max_length=80, unique=True)
    file_name = models.CharField(_("file name"), max_length=200)
    kind = models.CharField(max_length=3, choices=Kind)
    size = models.PositiveBigIntegerField(help_text=_("In bytes."))
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Recording {self.pk}"
