"""Connections to helpdesks, and what each run of them brought.

A connection keeps, per stream, how far its rows are stored (`cursors`). A cursor moves only after the
rows it stands for are committed, so a run that is killed anywhere is completed by the next one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Source
from people.models import Person

STALE_AFTER = timedelta(minutes=5)  # a run that was not heard of for so long is gone


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def due(self, now: datetime) -> ConnectionQuerySet:
        """Switched on, not asked to wait, and not fetched within their interval (an hour's is due after 59 minutes)."""
        waited = Q(next_run_at=None) | Q(next_run_at__lte=now)
        return self.filter(waited, enabled=True)

    def claimable(self, now: datetime) -> ConnectionQuerySet:
        """Nobody runs them, or whoever did is gone."""
        return self.filter(Q(run_token="") | Q(heartbeat_at=None) | Q(heartbeat_at__lt=now - STALE_AFTER))


class Connection(models.Model):
    """A helpdesk that is asked for what is new. Its credentials are encrypted and never shown again."""

    class System(models.TextChoices):
        ZENDESK = "zendesk", "Zendesk"
        FRESHDESK = "freshdesk", "Freshdesk"
        INTERCOM = "intercom", "Intercom"
        CHATWOOT = "chatwoot", "Chatwoot"
        ZAMMAD = "zammad", "Zammad"

    source = models.OneToOneField(Source, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(max_length=20, choices=System)
    name = models.CharField(max_length=120)
    base_url = models.CharField(max_length=300, help_text=_("Scheme, host and port; no path."))
    options = models.JSONField(default=dict, blank=True, help_text=_("What is no secret: an account number, a user name."))
    secrets = models.TextField(help_text=_("Encrypted by foundation.secrets; opened only to call the helpdesk."))
    enabled = models.BooleanField(default=True)
    interval_minutes = models.PositiveIntegerField(
        default=60, validators=[MinValueValidator(5), MaxValueValidator(24 * 60)], help_text=_("Minutes from run to run.")
    )
    fetch_since = models.DateField(help_text=_("Nothing that was last changed before this day is fetched."))
    cursors = models.JSONField(default=dict, blank=True, help_text=_("By stream: how far its rows are stored."))
    data_as_of = models.DateTimeField(null=True, help_text=_("Everything the helpdesk had at this moment is here."))
    last_success_at = models.DateTimeField(null=True)
    next_run_at = models.DateTimeField(null=True, help_text=_("Empty: at the next round."))
    failures = models.PositiveIntegerField(default=0, help_text=_("Runs that failed since the last good one."))
    last_error = models.TextField(blank=True)
    run_token = models.CharField(max_length=40, blank=True, help_text=_("Whose run it is just now; empty: nobody's."))
    heartbeat_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class SyncRun(models.Model):
    """One time that a connection was asked for what is new. `fetched` counts objects, the next four rows."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        LATER = "later", _("To be continued")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    token = models.CharField(max_length=40, blank=True)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    stream = models.CharField(max_length=40, blank=True, help_text=_("What is being fetched just now."))
    requests = models.PositiveIntegerField(default=0)
    fetched = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["connection", "-created_at"], name="sync_run_newest")]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.created_at:%Y-%m-%d %H:%M}"
