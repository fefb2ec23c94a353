"""What ran when, and how it went."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ScheduledRun(models.Model):
    """One run of a piece of periodic work. While it runs, its row is the lock: there is one at a time of each name."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")  # told to end: the machine was shut down
        LOST = "lost", _("Not heard of again")  # killed

    name = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.RUNNING)
    summary = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=500, blank=True)
    host = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("scheduled run")
        verbose_name_plural = _("scheduled runs")
        indexes = [models.Index(fields=["name", "-id"], name="scheduled_run_newest")]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(outcome="running"), name="one_run_at_a_time"),
            models.CheckConstraint(
                condition=Q(outcome="running", ended_at=None) | (~Q(outcome="running") & Q(ended_at__isnull=False)),
                name="a_run_has_ended_or_runs",
            ),
        ]
