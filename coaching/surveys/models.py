"""Surveys of our own: what is asked, in which words, of whom, and what became of the asking.

What a customer answers is a `SurveyResponse` of coaching.interactions, as if it had been imported, so that every
metric counts it. Here lies what belongs to the asking. A customer's address is kept until the mail is out; what stays
is a keyed hash of it, so that nobody is asked too often or after they said no.
"""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Interaction, Source, SurveyResponse
from coaching.surveys.scales import Scale, scale_of
from people.models import Person


def organisation_zone() -> str:
    """The default of `Survey.time_zone`."""
    return settings.TIME_ZONE


class Survey(models.Model):
    """One question to customers. Its words are kept in versions; its rules for asking are those in force now."""

    name = models.CharField(_("name"), max_length=120, unique=True, help_text=_("For colleagues; customers never see it."))
    kind = models.CharField(_("what is asked"), max_length=10, choices=SurveyResponse.Kind)
    scale_high = models.PositiveSmallIntegerField(_("highest score"))
    default_language = models.CharField(_("language used where the customer’s is not offered"), max_length=10, default="en")
    is_active = models.BooleanField(_("asking"), default=False)

    by_email = models.BooleanField(_("ask by e-mail"), default=False)
    channels = models.JSONField(_("channels"), default=list, blank=True)
    wait_hours = models.PositiveSmallIntegerField(_("hours after the case is resolved"), default=2)
    within_hours = models.PositiveSmallIntegerField(_("hours after which a case is too old to ask about"), default=72)
    sample_percent = models.PositiveSmallIntegerField(
        _("share of cases to ask about, in %"), default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    not_again_days = models.PositiveSmallIntegerField(
        _("days before the same customer is asked again"), default=30, validators=[MaxValueValidator(365)]
    )
    quiet_from = models.TimeField(_("send no mail from"), default=time(20))
    quiet_until = models.TimeField(_("until"), default=time(8))
    time_zone = models.CharField(_("time zone where the customer’s is not known"), max_length=60, default=organisation_zone)
    expires_days = models.PositiveSmallIntegerField(
        _("days for which a link can be answered"), default=14, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(sample_percent__gte=1, sample_percent__lte=100), name="survey_sample_is_a_share"),
            models.CheckConstraint(
                condition=Q(within_hours__gt=F("wait_hours")),
                name="survey_window_is_open",
                violation_error_message=_(
                    "A case would be too old before anybody is asked: raise the age at which it is too old."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scale(self) -> Scale:
        return scale_of(self.kind, self.scale_high)


class SurveyVersion(models.Model):
    """The words of a survey, frozen. A change of wording is the next version; answers name the one they were given to."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["survey", "-number"]
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="survey_version_once")]

    def __str__(self) -> str:
        return f"{self.survey}, {self.number}"


class SurveyText(models.Model):
    """A version's words in one language."""

    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=10)
    subject = models.CharField(_("subject of the mail"), max_length=120)
    intro = models.CharField(_("sentence before the question"), max_length=300, blank=True)
    question = models.CharField(_("question"), max_length=200)
    low_label = models.CharField(_("words at the lowest score"), max_length=40)
    high_label = models.CharField(_("words at the highest score"), max_length=40)
    comment_question = models.CharField(
        _("second question, answered in words"), max_length=200, blank=True, help_text=_("Empty: only the score is asked for.")
    )
    thanks = models.CharField(_("thank you"), max_length=300)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="survey_text_once")]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"


class Invitation(models.Model):
    """One customer asked, by e-mail, about one case. `address` is emptied as soon as the mail is out, or given up."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")
        CANCELLED = "cancelled", _("Not sent: no longer wanted")

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="invitations", db_index=False)
    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="+")
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="+")
    public_id = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    address = models.EmailField(blank=True)
    customer_hash = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "interaction"], name="invitation_once_per_case"),
            models.CheckConstraint(
                condition=Q(address="") | Q(state__in=["queued", "sending"]), name="invitation_address_only_to_send"
            ),
        ]
        indexes = [
            models.Index(fields=["survey", "sent_at"], name="invitation_survey_sent"),
            models.Index(fields=["customer_hash", "created_at"], name="invitation_customer", condition=~Q(customer_hash="")),
            models.Index(fields=["next_try_at"], name="invitation_waiting", condition=Q(state__in=["queued", "sending"])),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.pk}"


class DoNotAsk(models.Model):
    """A customer who does not want to be asked. Only the keyed hash of the address is known."""

    customer_hash = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}"


class Snippet(models.Model):
    """A place in somebody's own site or product where a survey is shown: in a frame, on the listed origins only."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="snippets")
    name = models.CharField(_("name"), max_length=120, help_text=_("Where it stands, for example “Help centre”."))
    key = models.CharField(max_length=32, unique=True)
    origins = models.JSONField(_("sites that may show it"), default=list)
    is_active = models.BooleanField(_("active"), default=True)
    secret_number = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class SnippetDay(models.Model):
    """How often a snippet was shown on a day (of the organisation's zone): the whole that its answers are a part of."""

    snippet = models.ForeignKey(Snippet, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    shown = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snippet", "day"], name="snippet_day_once")]

    def __str__(self) -> str:
        return f"{self.snippet} {self.day}: {self.shown}"


class Answer(models.Model):
    """Where a response of our own came from: which words, which link or snippet, which language."""

    response = models.OneToOneField(SurveyResponse, on_delete=models.CASCADE, primary_key=True, related_name="+")
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="answers", db_index=False)
    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="+")
    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, null=True, related_name="answer")
    snippet = models.ForeignKey(Snippet, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    case_source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, related_name="+", db_index=False,
        help_text=_("Where the case is to come from that the host's site signed for, while it is not here yet."),
    )  # fmt: skip
    language = models.CharField(max_length=10)
    given_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["survey", "given_at"], name="answer_survey_given"),
            models.Index(fields=["snippet", "given_at"], name="answer_snippet_given", condition=Q(snippet__isnull=False)),
            models.Index(fields=["case_source"], name="answer_waiting", condition=Q(case_source__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.given_at:%Y-%m-%d}"
