"""What is told to the organisation's learning record store: where it is, under which name people appear there, and the outbox."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person


class RecordStore(models.Model):
    """The one learning record store (LRS) of this organisation; no row as long as nobody has named one.

    `since`: nothing that happened before is told; empty means all the past. `cursors` says by kind how far the evidence has been
    read. `namespace` makes the ids of statements ours: the same evidence always gets the same id.
    """

    endpoint = models.CharField(max_length=500)
    user_name = models.CharField(max_length=200)
    password = models.TextField(help_text=_("Encrypted by foundation.secrets; opened only to call the store."))
    enabled = models.BooleanField(default=False)
    since = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was switched on last; empty: never."))
    namespace = models.UUIDField(default=uuid.uuid4, editable=False)
    cursors = models.JSONField(default=dict, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text=_("Rounds that failed since the last good one."))
    next_try_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True, help_text=_("Given up: somebody has to look at it."))
    claimed_until = models.DateTimeField(null=True, blank=True, help_text=_("Somebody is sending until then, at most."))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="record_store_only_one")]

    def __str__(self) -> str:
        return self.endpoint


class Pseudonym(models.Model):
    """The name a person has outside: random, so that nothing of them can be worked out from it.

    Once forgotten it has no name any more, and the row only says that nothing is ever told of this person again.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    name = models.UUIDField(default=uuid.uuid4, unique=True, null=True, editable=False)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(name=None, forgotten_at__isnull=False) | Q(name__isnull=False, forgotten_at=None),
                name="pseudonym_named_or_forgotten",
            )
        ]

    def __str__(self) -> str:
        return str(self.name or "")


class StatementQuerySet(models.QuerySet["Statement"]):
    def standing(self) -> StatementQuerySet:
        """Told or to be told, and not taken back."""
        return self.exclude(state=Statement.State.DROPPED).filter(voided_at=None)

    def due(self, now: datetime) -> StatementQuerySet:
        """Those to be sent now, what failed least often first."""
        ready = Q(next_try_at=None) | Q(next_try_at__lte=now)
        return self.filter(ready, state=Statement.State.WAITING).order_by("attempts", "pk")


class Statement(models.Model):
    """One xAPI statement about one piece of evidence, once. `body` is what is sent, as it was when it was built.

    `turn` is 1, or more where an attendance was taken back and noted again: what was voided keeps its id.
    """

    class Kind(models.TextChoices):
        COMPLETION = "completion", _("Module completed")
        QUIZ = "quiz", _("Quiz marked")
        PACKAGE = "package", _("Training package finished")
        ATTENDANCE = "attendance", _("Session attended")
        CERTIFICATE = "certificate", _("Certificate earned")
        VOID = "void", _("Statement taken back")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        REFUSED = "refused", _("Refused")
        GIVEN_UP = "given_up", _("Given up")
        DROPPED = "dropped", _("Never sent")

    number = models.UUIDField(unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    evidence = models.PositiveBigIntegerField(help_text=_("Key of the row it tells about; of what is voided, where it voids."))
    turn = models.PositiveSmallIntegerField(default=1)
    pseudonym = models.ForeignKey(Pseudonym, on_delete=models.PROTECT, related_name="statements")
    happened_at = models.DateTimeField()
    body = models.JSONField()
    built_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text=_("Times the store failed at this very statement."))
    next_try_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    sent_to = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["attempts", "id"], name="statement_waiting", condition=Q(state="waiting")),
            models.Index(fields=["state", "-id"], name="statement_state"),
            models.Index(fields=["kind", "evidence"], name="statement_of_evidence"),
        ]
        constraints = [models.UniqueConstraint(fields=["kind", "evidence", "turn"], name="statement_once")]

    def __str__(self) -> str:
        return str(self.number)
