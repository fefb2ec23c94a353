"""What is drawn for review, and what a reviewer found. A published review is evidence: withdrawn or corrected, never edited."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Interaction, Message
from coaching.quality.models.scorecards import Answer, Criterion, ScorecardVersion
from coaching.quality.plans.models import SamplingPlan
from coaching.quality.release.models import ReleaseFields
from people.models import Person


class Mode(models.TextChoices):
    """What a reading of a conversation is for. Only a review is scored, counted and answered for."""

    REVIEW = "review", _("Review")
    PEER = "peer", _("Peer feedback")
    SELF = "self", _("Self-assessment")


class ReviewsOnly(models.Manager[Any]):
    """Without peer feedback and self-assessments: no list or figure meets them unless it asks for `every`."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(mode=Mode.REVIEW)


class ReviewDraw(models.Model):
    """A conversation chosen for a reviewer. Only randomly drawn ones enter a person's figures."""

    class Method(models.TextChoices):
        RANDOM = "random", _("Drawn at random")
        TARGETED = "targeted", _("Drawn for a reason")
        HAND_PICKED = "hand_picked", _("Picked by hand")
        IMPORTED = "imported", _("Imported")  # how its conversation was chosen, and how likely, is unknown

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        IN_REVIEW = "in_review", _("In progress")
        DONE = "done", _("Done")
        REPLACED = "replaced", _("Taken out")

    OPEN_STATES = (State.WAITING, State.IN_REVIEW)

    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("Where one message is to be reviewed.")
    )
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.REVIEW)
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    reviewee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    method = models.CharField(max_length=12, choices=Method)
    reason = models.CharField(_("why"), max_length=200)
    plan = models.ForeignKey(SamplingPlan, on_delete=models.PROTECT, null=True, related_name="draws", db_index=False)
    period = models.CharField(max_length=10, blank=True, help_text=_("The cycle it was drawn for, such as 2026-W24."))
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    due_on = models.DateField(_("due"))
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # How likely it was to be drawn: scores are weighted by it, so looking more often at difficult cases stays fair.
    stratum = models.PositiveSmallIntegerField(null=True, help_text=_("Part of the person's cases by risk, 0 the least."))
    stratum_cases = models.PositiveIntegerField(null=True, help_text=_("How many cases of the person that part held."))
    inclusion = models.FloatField(null=True, help_text=_("Probability of having been drawn, above 0 up to 1; empty: unknown."))

    objects = ReviewsOnly()
    every = models.Manager["ReviewDraw"]()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            # With whom it is about and in which mode, so that a reviewer's counts are read from the index alone.
            models.Index(fields=["reviewer", "state", "due_on", "reviewee", "mode"], name="draw_of_reviewer"),
            models.Index(fields=["reviewee", "period"], name="draw_person_period"),
            models.Index(fields=["plan", "period"], name="draw_plan_period"),
        ]
        constraints = [
            # What another system did twice is history; here nobody is given the same conversation twice.
            models.UniqueConstraint(
                fields=["interaction", "reviewer"],
                condition=~Q(state="replaced") & ~Q(method="imported"),
                name="draw_once_per_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(mode="self", reviewer=F("reviewee")) | (~Q(mode="self") & ~Q(reviewer=models.F("reviewee"))),
                name="draw_never_of_oneself",
            ),
            models.CheckConstraint(condition=Q(mode="review") | Q(method="hand_picked"), name="draw_assessment_picked"),
            models.CheckConstraint(
                condition=Q(inclusion__isnull=True) | Q(inclusion__gt=0, inclusion__lte=1), name="draw_inclusion_probability"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.pk}"


class Review(ReleaseFields):
    """One reviewer's scoring of one conversation. Its person reads it once it is published: when it is released."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waiting for approval")
        HELD = "held", _("Held")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    # Handed in by the reviewer and not yet for its person to read.
    ON_THE_WAY = (State.SUBMITTED, State.HELD)

    draw = models.ForeignKey(ReviewDraw, on_delete=models.PROTECT, related_name="reviews")
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="+")
    scorecard_version = models.ForeignKey(ScorecardVersion, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.REVIEW)
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reviewee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    score_raw = models.FloatField(null=True, blank=True, help_text=_("0 to 100, before anything critical is counted."))
    score_shown = models.FloatField(null=True, blank=True, help_text=_("0 to 100, as shown; empty where nothing applied."))
    score_critical = models.FloatField(
        null=True, blank=True, help_text=_("0 to 100, of the critical criteria alone; empty where none applied.")
    )
    applicable_weight = models.PositiveIntegerField(default=0)
    critical_failed = models.JSONField(default=list, blank=True, help_text=_("Keys of the critical criteria that failed."))
    guide_revisions = models.JSONField(
        default=dict, blank=True, help_text=_("Revision of each standard and guideline module in force when it was published.")
    )
    comment = models.TextField(_("overall comment"), blank=True)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    # A correction keeps the day of the first publishing: it is the same piece of work, seen rightly.
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="correction")
    corrected_at = models.DateTimeField(null=True, blank=True)
    # The time it took, from the signs of life of whoever writes; never of the person reviewed.
    review_seconds = models.PositiveIntegerField(default=0)
    paused_seconds = models.PositiveIntegerField(default=0)
    active_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewsOnly()
    every = models.Manager["Review"]()

    class Meta:
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(fields=["reviewee", "state", "published_at"], name="review_of_person"),
            models.Index(fields=["published_at"], condition=Q(state="published"), name="review_standing_by_day"),
            models.Index(fields=["state", "release_on"], name="review_on_the_way", condition=Q(state__in=["submitted", "held"])),
        ]
        constraints = [
            models.UniqueConstraint(fields=["draw"], condition=~Q(state="withdrawn"), name="review_one_standing_per_draw"),
            models.CheckConstraint(
                condition=Q(mode="self", reviewer=F("reviewee")) | (~Q(mode="self") & ~Q(reviewer=F("reviewee"))),
                name="review_never_of_oneself",
            ),
            models.CheckConstraint(
                condition=Q(mode="review") | Q(score_raw__isnull=True, score_shown__isnull=True),
                name="review_assessment_unscored",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "held"]) | Q(published_at__isnull=False),
                name="review_published_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "held"]) | Q(published_at__isnull=True), name="review_unreleased_has_no_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(ready_at__isnull=False, release_on__isnull=False), name="review_held_has_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="review_withdrawn_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, corrected_at__isnull=True)
                | Q(corrects__isnull=False, corrected_at__isnull=False),
                name="review_correction_has_time",
            ),
        ]

    def __str__(self) -> str:
        return _("Review %(number)s") % {"number": self.pk}

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_on_the_way(self) -> bool:
        return self.state in self.ON_THE_WAY

    @property
    def is_held(self) -> bool:
        return self.state == self.State.HELD

    @property
    def is_submitted(self) -> bool:
        return self.state == self.State.SUBMITTED

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED


class Rating(models.Model):
    """The answer to one criterion. Neither an answer nor "does not apply" means: not answered yet."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="ratings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_na = models.BooleanField(default=False)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="rating_once_per_criterion"),
            models.CheckConstraint(condition=Q(is_na=False) | Q(answer=None), name="rating_answer_or_na"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.answer_id or '–'}"

    @property
    def is_answered(self) -> bool:
        return self.is_na or self.answer_id is not None


class Quote(models.Model):
    """Words of the conversation that a rating rests on; they really stand in that message."""

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="quotes")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    excerpt = models.TextField()

    class Meta:
        ordering = ["message__position", "pk"]

    def __str__(self) -> str:
        return f"Quote {self.pk}"


class Acknowledgement(models.Model):
    """The rep has read the review. Keeps the score they saw, whatever happens to the review later."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    comment = models.TextField(_("your comment"), blank=True)
    score_shown = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["review", "person"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%Y-%m-%d}"
