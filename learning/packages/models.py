"""Packages that somebody else's authoring tool made, and what they report about a learner.

A package row is immutable: a new upload is a new row. What a package reports is a claim of foreign script, kept per attempt
and part (SCO), beside the raw data of every time the part was opened.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from learning.assignments.models import Attempt
from learning.packages.manifest import H5P, SCORM_12, SCORM_2004, Item
from people.models import Person


class PackageQuerySet(models.QuerySet["Package"]):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("Packages are immutable: a new upload is a new package.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("Packages are immutable: attempts and proofs name them.")


class Package(models.Model):
    """One uploaded zip, known by the SHA-256 of its bytes. `manifest` holds what its manifest said (manifest.Manifest.as_json)."""

    class Kind(models.TextChoices):
        SCORM_12 = SCORM_12, "SCORM 1.2"
        SCORM_2004 = SCORM_2004, "SCORM 2004"
        H5P = H5P, "H5P"

    sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=255)
    launch = models.CharField(max_length=600, help_text=_("Address inside the package of what opens first."))
    manifest = models.JSONField()
    warnings = models.JSONField(default=list)
    file_name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField(help_text=_("In bytes, as uploaded."))
    unpacked = models.PositiveBigIntegerField(help_text=_("In bytes."))
    files = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()

    objects = PackageQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = _("package")
        verbose_name_plural = _("packages")

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Packages are immutable: a new upload is a new package.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Packages are immutable: attempts and proofs name them.")

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The whole menu, headings too."""
        return tuple(Item(**item) for item in self.manifest["items"])

    @cached_property
    def parts(self) -> tuple[Item, ...]:
        """What can be opened, in order; a part is known by its place here."""
        return tuple(item for item in self.items if item.href)

    @property
    def reports(self) -> bool:
        """Does any part say that it reports? A package of pages only never can."""
        return any(part.is_sco for part in self.parts)


class Launch(models.Model):
    """One opening of the player. Its signed key stands in every address of the content host and lives an hour from its last use.

    `app_origin` is the site that may frame the player; `review` a look back after completion, in which nothing is stored.
    """

    key = models.CharField(max_length=43, unique=True)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="+")
    review = models.BooleanField(default=False)
    app_origin = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        ordering = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return f"Launch {self.pk}"


class PartState(models.Model):
    """Where a learner stands in one part of a package: the best it has reported, and what it needs to go on.

    `part` is the place in Package.parts. Completion and success never go back; `seconds` is the package's own total.
    """

    class Completion(models.TextChoices):
        UNKNOWN = "unknown", _("nothing")
        INCOMPLETE = "incomplete", _("begun")
        COMPLETED = "completed", _("finished")

    class Success(models.TextChoices):
        UNKNOWN = "unknown", _("no verdict")
        FAILED = "failed", _("not passed")
        PASSED = "passed", _("passed")

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    part = models.PositiveSmallIntegerField()
    completion = models.CharField(max_length=10, choices=Completion, default=Completion.UNKNOWN)
    success = models.CharField(max_length=10, choices=Success, default=Success.UNKNOWN)
    score_raw = models.FloatField(null=True)
    score_min = models.FloatField(null=True)
    score_max = models.FloatField(null=True)
    score_scaled = models.FloatField(null=True)
    seconds = models.PositiveIntegerField(default=0)
    visits = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    last_contact_at = models.DateTimeField(null=True)
    # The visit whose run-time data is the newest: what the next one begins with.
    latest = models.ForeignKey("Visit", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["attempt", "part"]
        constraints = [models.UniqueConstraint(fields=["attempt", "part"], name="package_part_once")]

    def __str__(self) -> str:
        return f"Part {self.part} of attempt {self.attempt_id}"

    @property
    def has_reported(self) -> bool:
        return self.last_contact_at is not None

    @property
    def is_done(self) -> bool:
        """Passed; or finished without having been failed."""
        if self.success == self.Success.PASSED:
            return True
        return self.completion == self.Completion.COMPLETED and self.success != self.Success.FAILED


class Visit(models.Model):
    """One time that a part was opened. `sequence` is the number of its last report.

    `runtime_data` is what a SCO sent last, raw. Of an H5P exercise it holds what the exercise keeps for its learner ("data", by
    kind and part), the seconds of earlier visits ("before") and the last result ("result").
    """

    state = models.ForeignKey(PartState, on_delete=models.PROTECT, related_name="+")
    launch = models.ForeignKey(Launch, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    last_contact_at = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(default=0)
    terminated = models.BooleanField(default=False)
    runtime_data = models.JSONField(default=dict)

    class Meta:
        ordering = ["state", "number"]
        constraints = [models.UniqueConstraint(fields=["state", "number"], name="package_visit_number_once")]

    def __str__(self) -> str:
        return f"Visit {self.number} of {self.state_id}"
