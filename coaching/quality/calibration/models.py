"""Blind scorings: of a calibration session, and of a published review that is checked; and what was counted from them.

They are kept apart from reviews: they change no score, and the person whose conversation it is never sees them.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Interaction
from people.models import Person


class CalibrationSession(models.Model):
    """Several people score the same conversations, each without seeing the others, and then agree on one reading."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        SCORING = "scoring", _("Scoring")
        REVIEW = "review", _("Being discussed")
        RESOLVED = "resolved", _("Agreed")
        CLOSED = "closed", _("Closed")

    # Before these nobody sees another's answers.
    OPENED = (State.REVIEW, State.RESOLVED, State.CLOSED)

    title = models.CharField(_("title"), max_length=120)
    scorecard_version = models.ForeignKey("coaching_quality.ScorecardVersion", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    facilitator = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    threshold = models.PositiveSmallIntegerField(
        _("flag answers further apart than"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("In percent of the scale."),
    )
    due_on = models.DateField(_("score by"))
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Empty: everybody had submitted.")
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    conclusion = models.TextField(_("what follows from it"), blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "due_on"], name="calibration_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gte=1, threshold__lte=99), name="calibration_threshold_percent"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "scoring"]) | Q(ended_at__isnull=False), name="calibration_ended_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_scoring(self) -> bool:
        return self.state == self.State.SCORING

    @property
    def is_open_to_read(self) -> bool:
        """Whether the answers may be seen: scoring is over."""
        return self.state in self.OPENED


class CalibrationItem(models.Model):
    """One conversation of a session. `reviewee` is whose it is; shown to nobody, and never among the participants."""

    session = models.ForeignKey(CalibrationSession, on_delete=models.CASCADE, related_name="items")
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="+")
    reviewee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "interaction"], name="calibration_item_once")]

    def __str__(self) -> str:
        return _("Conversation %(number)s") % {"number": self.position}


class CalibrationParticipant(models.Model):
    """Somebody who scores. The two moments keep each reminder single."""

    session = models.ForeignKey(CalibrationSession, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminded_late_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["person__display_name", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="calibration_participant_once")]

    def __str__(self) -> str:
        return str(self.person)


class BlindScoring(models.Model):
    """One person's reading of one conversation, made without any other in sight: of a session's item, or to check a review."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Not submitted")
        SUBMITTED = "submitted", _("Submitted")

    item = models.ForeignKey(CalibrationItem, on_delete=models.CASCADE, null=True, related_name="scorings")
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="+")
    scorecard_version = models.ForeignKey("coaching_quality.ScorecardVersion", on_delete=models.PROTECT, related_name="+")
    scorer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    comment = models.TextField(_("overall comment"), blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["scorer", "state"], name="blind_scoring_to_do"),
            models.Index(fields=["submitted_at"], name="blind_scoring_submitted"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item", "scorer"], name="blind_scoring_once_per_item"),
            models.CheckConstraint(condition=Q(state="draft") | Q(submitted_at__isnull=False), name="blind_scoring_has_time"),
        ]

    def __str__(self) -> str:
        return _("Blind scoring %(number)s") % {"number": self.pk}

    @property
    def is_submitted(self) -> bool:
        return self.state == self.State.SUBMITTED


class BlindRating(models.Model):
    """The answer to one criterion. Neither an answer nor "does not apply" means: not answered."""

    scoring = models.ForeignKey(BlindScoring, on_delete=models.CASCADE, related_name="ratings")
    criterion = models.ForeignKey("coaching_quality.Criterion", on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey("coaching_quality.Answer", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_na = models.BooleanField(default=False)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["scoring", "criterion"], name="blind_rating_once_per_criterion"),
            models.CheckConstraint(condition=Q(is_na=False) | Q(answer=None), name="blind_rating_answer_or_na"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.answer_id or '–'}"

    @property
    def is_answered(self) -> bool:
        return self.is_na or self.answer_id is not None


class Consensus(models.Model):
    """What the discussion agreed on for one criterion of one conversation. Nobody's own answer is changed by it."""

    item = models.ForeignKey(CalibrationItem, on_delete=models.CASCADE, related_name="consensus")
    criterion = models.ForeignKey("coaching_quality.Criterion", on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey("coaching_quality.Answer", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_na = models.BooleanField(default=False)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "criterion"], name="consensus_once_per_criterion"),
            models.CheckConstraint(
                condition=Q(is_na=True, answer__isnull=True) | Q(is_na=False, answer__isnull=False),
                name="consensus_answer_or_na",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.answer_id or 'n/a'}"


class GraderReview(models.Model):
    """A second reading of a published review's conversation, to train its reviewer. The score stays as it is."""

    class Method(models.TextChoices):
        RANDOM = "random", _("Drawn at random")
        BY_HAND = "by_hand", _("Picked by hand")

    review = models.OneToOneField("coaching_quality.Review", on_delete=models.PROTECT, related_name="grader_review")
    scoring = models.OneToOneField(BlindScoring, on_delete=models.PROTECT, related_name="grader_review")
    method = models.CharField(max_length=8, choices=Method)
    period = models.CharField(max_length=7, help_text=_("The month it was drawn in, such as 2026-06."))
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField(_("due"))
    alignment = models.FloatField(
        null=True,
        blank=True,
        help_text=_("How near the review's answers were, 0 to 1; set on submitting, empty where nothing applied."),
    )
    reply = models.TextField(_("answer of the reviewer"), blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["period", "method"], name="grader_review_by_month")]

    def __str__(self) -> str:
        return _("Second reading %(number)s") % {"number": self.pk}


class AgreementSummary(models.Model):
    """How far reviewers agreed in one quarter, counted at `as_of`. `figures` is what `queries.CriterionAgreement` reads."""

    scorecard = models.ForeignKey("coaching_quality.Scorecard", on_delete=models.CASCADE, related_name="+")
    quarter = models.DateField(help_text=_("Its first day."))
    as_of = models.DateTimeField()
    doubles = models.PositiveIntegerField(help_text=_("Conversations that at least two people scored."))
    figures = models.JSONField(default=list)

    class Meta:
        ordering = ["scorecard__name", "quarter"]
        constraints = [models.UniqueConstraint(fields=["scorecard", "quarter"], name="agreement_once_per_quarter")]

    def __str__(self) -> str:
        return f"{self.scorecard_id} {self.quarter:%Y-%m}"


class SeveritySummary(models.Model):
    """The crossed model of the last `months`, counted at `as_of`; with `refusal` nothing is corrected."""

    months = models.PositiveSmallIntegerField(unique=True)
    since = models.DateField()
    until = models.DateField()
    as_of = models.DateTimeField()
    refusal = models.CharField(max_length=20, blank=True, help_text=_("Empty: the model may be used."))
    reviews = models.PositiveIntegerField(default=0)
    outside = models.FloatField(
        null=True, help_text=_("Share of reviews by somebody else than the rep's most frequent reviewer.")
    )

    class Meta:
        ordering = ["months"]

    def __str__(self) -> str:
        return f"{self.months} months to {self.until}"


class ReviewerSeverity(models.Model):
    """One reviewer in a summary. Above 0: scores higher than others would. Points of 100, the ends at 95 %."""

    summary = models.ForeignKey(SeveritySummary, on_delete=models.CASCADE, related_name="reviewers")
    reviewer = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reviews = models.PositiveIntegerField()
    original = models.FloatField(help_text=_("Mean of the scores as given."))
    points = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    outside = models.FloatField(help_text=_("Share of reviews of another team than the one reviewed most."))

    class Meta:
        ordering = ["reviewer__display_name", "pk"]
        constraints = [models.UniqueConstraint(fields=["summary", "reviewer"], name="severity_once_per_reviewer")]

    def __str__(self) -> str:
        return f"{self.reviewer_id}: {self.points}"
