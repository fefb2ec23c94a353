"""The live feed: who may send or read, what came in, what goes out, and how each of it went."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import ImportJob, Source
from people.models import Person


class Scope(models.TextChoices):
    """What a token may do."""

    INTERACTIONS_WRITE = "interactions:write", _("Send cases")
    MESSAGES_WRITE = "messages:write", _("Send messages")
    SURVEYS_WRITE = "surveys:write", _("Send survey answers")
    INTERACTIONS_READ = "interactions:read", _("Look up the state of a case")


class EventType(models.TextChoices):
    """What a webhook of ours tells."""

    ASSIGNMENT_CREATED = "assignment.created", _("A module was assigned")
    ASSIGNMENT_COMPLETED = "assignment.completed", _("An assigned module was completed")
    REVIEW_PUBLISHED = "review.published", _("A review was published")
    SIGNAL_RAISED = "signal.raised", _("A signal was raised")


class ApiToken(models.Model):
    """A key to the API. Only its SHA-256 is kept; `prefix` is what a list shows of it.

    It acts for its owner, and only while the owner is an active administrator.
    """

    name = models.CharField(max_length=120)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    # The minute that is being counted, for the rate limit.
    window_started_at = models.DateTimeField(null=True)
    window_calls = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes if scope in Scope.values]


class DayTally(models.Model):
    """What one token or one webhook brought in on one day (UTC), by kind."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, null=True, related_name="days")
    endpoint = models.ForeignKey("IncomingWebhook", on_delete=models.CASCADE, null=True, related_name="days")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=ImportJob.Kind)
    day = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["token", "source", "kind", "day"],
                name="day_tally_once_per_token",
                condition=models.Q(token__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["endpoint", "source", "kind", "day"],
                name="day_tally_once_per_webhook",
                condition=models.Q(endpoint__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class IncomingWebhook(models.Model):
    """An address at which another system delivers events. Secrets are encrypted; two may be live at once."""

    name = models.CharField(max_length=120)
    key = models.CharField(max_length=60, unique=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    secret = models.TextField()
    old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class InboxEvent(models.Model):
    """One delivery of another system, kept as it came before anything is read in it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Processed")
        PARTLY = "partly", _("Processed, some rows rejected")
        FAILED = "failed", _("Failed")

    endpoint = models.ForeignKey(IncomingWebhook, on_delete=models.PROTECT, related_name="events")
    webhook_id = models.CharField(max_length=120)
    signed_at = models.DateTimeField(help_text=_("The time that was signed with it, of the latest attempt."))
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField(help_text=_("Emptied some days after it was processed."))
    received_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict, help_text=_("Counts, and the rejected rows without their values."))

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["endpoint", "webhook_id"], name="inbox_event_once")]
        indexes = [models.Index(fields=["next_try_at"], name="inbox_event_due", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return self.webhook_id


class RecordMark(models.Model):
    """When the event happened that a record was last told by: an older event that comes later changes nothing."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=410)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "kind", "key"], name="record_mark_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class OutgoingWebhook(models.Model):
    """An address of another system that is told what happens here."""

    name = models.CharField(max_length=120)
    url = models.CharField(max_length=500)
    event_types = models.JSONField(default=list)
    secret = models.TextField()
    old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    disabled_at = models.DateTimeField(null=True)
    disabled_because = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def type_labels(self) -> list[str]:
        return [str(EventType(kind).label) for kind in self.event_types if kind in EventType.values]


class OutboxEvent(models.Model):
    """Something that happened, written in the transaction in which it happened. Ids and states, never what somebody wrote."""

    event_id = models.CharField(max_length=40, unique=True)
    event_type = models.CharField(max_length=40, choices=EventType)
    occurred_at = models.DateTimeField()
    data = models.JSONField()

    class Meta:
        ordering = ["-occurred_at", "-pk"]

    def __str__(self) -> str:
        return self.event_id


class Delivery(models.Model):
    """One event on its way to one address."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    endpoint = models.ForeignKey(OutgoingWebhook, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(OutboxEvent, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    last_tried_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="delivery_once")]
        indexes = [models.Index(fields=["next_try_at"], name="delivery_due", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.event} → {self.endpoint}"
