"""Learning together at one time: the session, who has a place in it, who was there; and one's own calendar address."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from learning.modules.models import Module
from people.models import Person

# Without letters and digits that look alike on a slide.
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 6
# One may check in from so long before it begins until so long after it ends.
CHECK_IN_BEFORE, CHECK_IN_AFTER = timedelta(minutes=30), timedelta(minutes=60)


RATINGS = [(5, _("Very good")), (4, _("Good")), (3, _("Fair")), (2, _("Poor")), (1, _("Lost time"))]


def make_code() -> str:
    """887 million of them, good for two hours or so: not guessed in a session's time, with a limit on tries."""
    return "".join(secrets.choice(CODE_LETTERS) for _letter in range(CODE_LENGTH))


class GroupSessionQuerySet(models.QuerySet["GroupSession"]):
    def planned(self) -> GroupSessionQuerySet:
        return self.filter(cancelled_at=None)

    def upcoming(self, now: datetime) -> GroupSessionQuerySet:
        return self.filter(ends_at__gt=now)

    def past(self, now: datetime) -> GroupSessionQuerySet:
        return self.filter(ends_at__lte=now)


class GroupSession(models.Model):
    """One meeting, on site, by link, or both. Changed in place: the mails of a change carry a higher sequence number."""

    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("what it is about"), max_length=2000, blank=True)
    host = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("held by"))
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    # Where its clock times are meant: after a change to summer time it still begins at nine.
    time_zone = models.CharField(max_length=60)
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("places"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    open_to_all = models.BooleanField(_("everybody may join"), default=True)
    material = models.TextField(_("material"), max_length=2000, blank=True)
    follow_up = models.ForeignKey(
        Module, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("follow-up module")
    )
    check_in_code = models.CharField(max_length=CODE_LENGTH, default=make_code, editable=False)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.CharField(max_length=500, blank=True)

    objects = GroupSessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("group session")
        verbose_name_plural = _("group sessions")
        indexes = [models.Index(fields=["ends_at", "starts_at"], name="group_session_when")]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="group_session_ends_after_start")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    def is_over(self, now: datetime) -> bool:
        return self.ends_at <= now

    def takes_check_ins(self, now: datetime) -> bool:
        return not self.is_cancelled and self.starts_at - CHECK_IN_BEFORE <= now <= self.ends_at + CHECK_IN_AFTER


class Place(models.Model):
    """One person in one session: once, whatever happens. Leaving and coming back keeps the row, and with it the calendar id."""

    class State(models.TextChoices):
        HELD = "held", _("Has a place")
        WAITING = "waiting", _("On the wait list")
        LEFT = "left", _("Not coming")

    class Attendance(models.TextChoices):
        UNKNOWN = "", _("Not noted")
        PRESENT = "present", _("Was there")
        ABSENT = "absent", _("Was not there")

    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="places")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State)
    queued_at = models.DateTimeField()
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What calendars know the entry by, and how often it was sent: iCalendar's UID and SEQUENCE.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    attendance = models.CharField(max_length=8, choices=Attendance, blank=True, default="")
    checked_in_at = models.DateTimeField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(
        null=True, blank=True, choices=RATINGS, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.TextField(max_length=1000, blank=True)

    class Meta:
        ordering = ["queued_at", "pk"]
        verbose_name = _("place in a session")
        verbose_name_plural = _("places in sessions")
        indexes = [models.Index(fields=["person", "state"], name="session_place_of_person")]
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="session_place_once")]

    def __str__(self) -> str:
        return str(self.session)


class CalendarFeed(models.Model):
    """The secret address of a person's calendar: only a digest of it is kept."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.person)
