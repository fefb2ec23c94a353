"""What lies between "I am done with this review" and the rep reading it: a second pair of eyes, a day, and a history.

The fields of a scorecard's version and of a review are kept here as abstract models, so that this part reads as a whole.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from people.models import Person

MOST_DAYS_HELD = 45
MOST_DAYS_TO_ACKNOWLEDGE = 60  # working days


class ReleaseSettings(models.Model):
    """What a version of a scorecard says about approving, holding and acknowledging the reviews made with it."""

    class Approval(models.TextChoices):
        NONE = "none", _("No review")
        ALL = "all", _("Every review")
        SHARE = "share", _("A share of the reviews, chosen by lot")
        LOW = "low", _("Reviews with a low score or a critical failure")

    class Hold(models.TextChoices):
        NONE = "none", _("Not held: the rep reads it at once")
        DAYS = "days", _("A number of days")
        WEEKDAY = "weekday", _("Until the next given weekday")
        CHOSEN = "chosen", _("Until a day that the reviewer or the lead chooses")

    approval = models.CharField(
        _("second approval"),
        max_length=10,
        choices=Approval,
        default=Approval.NONE,
        help_text=_("Another reviewer or the head of support approves it before the rep reads it."),
    )
    approval_percent = models.PositiveSmallIntegerField(
        _("share to approve, in %"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("For a share by lot. The lot is drawn from the conversation, so asking again gives the same."),
    )
    approval_below = models.PositiveSmallIntegerField(
        _("low is a score below"),
        default=70,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("For low scores, from 1 to 100. A failed critical criterion is approved whatever the score."),
    )
    hold = models.CharField(
        _("held before the rep reads it"),
        max_length=10,
        choices=Hold,
        default=Hold.NONE,
        help_text=_("Time to prepare the talk about it. The days to acknowledge and to dispute begin when it is released."),
    )
    hold_days = models.PositiveSmallIntegerField(
        _("days to hold"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS_HELD)],
        help_text=_("For a number of days: calendar days after publishing, or after the approval; 45 at most."),
    )
    hold_weekday = models.PositiveSmallIntegerField(
        _("weekday of the release"), choices=list(WEEKDAYS.items()), default=0, help_text=_("For the next given weekday.")
    )
    acknowledge_days = models.PositiveSmallIntegerField(
        _("working days to acknowledge"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS_TO_ACKNOWLEDGE)],
        help_text=_("Monday to Friday, from the release. After that it is overdue: lists show it and the rep gets one mail."),
    )

    class Meta:
        abstract = True


class ReleaseFields(models.Model):
    """Where a review stands on its way to its person."""

    submitted_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was last handed in for approval."))
    ready_at = models.DateTimeField(null=True, blank=True, help_text=_("When nothing but the day of its release was left."))
    # Before it is ready this is what the reviewer wishes; from then on the day that counts.
    release_on = models.DateField(_("release on"), null=True, blank=True)

    class Meta:
        abstract = True


class ReleaseStep(models.Model):
    """One step of a review on its way to its person. Appended, never changed; reviews that nobody stops have none."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("Handed in for approval")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Sent back")
        TAKEN_BACK = "taken_back", _("Taken back by the reviewer")
        HELD = "held", _("Held")
        RELEASED = "released", _("Released")

    class Cause(models.TextChoices):
        """Why it needs an approval."""

        ALL = "all", _("Every review of this scorecard is approved.")
        SHARE = "share", _("Chosen by lot.")
        LOW = "low", _("The score is low.")
        CRITICAL = "critical", _("A critical criterion failed.")
        AGAIN = "again", _("It was handed in for approval before.")

    review = models.ForeignKey("coaching_quality.Review", on_delete=models.PROTECT, related_name="release_steps")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("Empty: released on its day by the schedule.")
    )
    at = models.DateTimeField()
    cause = models.CharField(max_length=10, choices=Cause, blank=True)
    reason = models.TextField(blank=True)
    release_on = models.DateField(null=True)
    score_shown = models.FloatField(null=True, help_text=_("The score at this step, 0 to 100."))

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["by", "kind"], name="release_step_by")]
        constraints = [
            models.CheckConstraint(condition=~Q(kind="returned") | ~Q(reason=""), name="release_returned_has_reason"),
            models.CheckConstraint(condition=~Q(kind="held") | Q(release_on__isnull=False), name="release_held_has_day"),
            models.CheckConstraint(condition=Q(kind="released") | Q(by__isnull=False), name="release_step_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


class AcknowledgementReminder(models.Model):
    """The one mail that reminds the person reviewed of a review that is overdue. The row comes before the mail: never two."""

    review = models.OneToOneField("coaching_quality.Review", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.review_id} {self.at:%Y-%m-%d}"
