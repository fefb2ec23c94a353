"""What came from another quality system, and files of ours on their way in or out.

An imported review is a published review like any other, of a draw whose method says that it was imported: how likely its
conversation was to be chosen is unknown, so it enters no figure. Here stands which record of which system it was.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Person


class System(models.TextChoices):
    """Quality systems whose records can be brought in."""

    ZENDESK_QA = "zendesk-qa", "Zendesk QA (Klaus)"


class ImportedReview(models.Model):
    """One review of another system and the review here that stands for it now."""

    system = models.CharField(max_length=20, choices=System)
    external_id = models.CharField(max_length=100)
    review = models.OneToOneField("coaching_quality.Review", on_delete=models.PROTECT, related_name="imported")
    digest = models.CharField(max_length=64, help_text=_("Of what the file said, so that a change is noticed."))
    details = models.JSONField(default=dict, help_text=_("What has no field of its own: tags, causes, replies, times."))
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "external_id"], name="imported_review_once")]

    def __str__(self) -> str:
        return f"{self.get_system_display()} {self.external_id}"


class ImportedDispute(models.Model):
    """One dispute of another system: decided ones have a dispute here, all others are a note beside the review."""

    system = models.CharField(max_length=20, choices=System)
    external_id = models.CharField(max_length=100)
    review = models.ForeignKey("coaching_quality.Review", on_delete=models.PROTECT, related_name="imported_disputes")
    dispute = models.OneToOneField("coaching_quality.Dispute", on_delete=models.PROTECT, null=True, related_name="imported")
    digest = models.CharField(max_length=64)
    details = models.JSONField(default=dict, help_text=_("What the file said: kind, status, days, and who said what."))
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "external_id"], name="imported_dispute_once")]

    def __str__(self) -> str:
        return f"{self.get_system_display()} {self.external_id}"


class Job(models.Model):
    """Long work with a row of its own, which its page asks for; closing the page loses nothing."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        CHECKED = "checked", _("To be confirmed")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")

    MOVING = (State.WAITING, State.RUNNING)

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    stored_name = models.CharField(max_length=80, unique=True, help_text=_("Under a name of our own, never at a public address."))
    created_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    run_token = models.CharField(max_length=40, blank=True)
    position = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_moving(self) -> bool:
        return self.state in self.MOVING


class ReviewImport(Job):
    """An uploaded export of another quality system: first checked (`is_check`), then, once confirmed, imported."""

    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(max_length=20, choices=System, default=System.ZENDESK_QA)
    file_name = models.CharField(max_length=200, help_text=_("As the person called it; never used as a path."))
    size = models.BigIntegerField()
    source = models.CharField(max_length=60, blank=True, help_text=_("Key of the system whose conversations were reviewed."))
    scale = models.CharField(max_length=20, blank=True)
    drafts = models.BooleanField(default=False)
    is_check = models.BooleanField(default=True)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    samples = models.JSONField(default=list, help_text=_("The first rejected rows."))

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class QualityExport(Job):
    """A file of quality data that somebody asked for, kept for a few days for them alone."""

    class Format(models.TextChoices):
        CSV = "csv", _("CSV (a zip archive with one file for each table)")
        XLSX = "xlsx", _("Excel (a sheet for each table)")
        JSON = "json", _("JSON")

    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    format = models.CharField(max_length=4, choices=Format)
    tables = models.JSONField(default=list, help_text=_("Keys of the tables."))
    since = models.DateField()
    until = models.DateField()
    team = models.ForeignKey("people.Team", on_delete=models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    # Kept apart from the links: a team that is gone must not turn an export of it into one of everybody.
    scope = models.CharField(max_length=200, blank=True, help_text=_("Whom it is about, in words."))
    subjects = models.JSONField(default=list, help_text=_("Ids of the people in it: their being readable is asked again."))
    rows = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return _("Export %(number)s") % {"number": self.pk}
