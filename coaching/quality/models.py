"""Scorecards, what is drawn for review, and what a reviewer found.

A scorecard lives in versions; a published version is read-only and a review is pinned to the one it
was made with. A published review is evidence: it is never edited, only withdrawn with a reason, and
a correction is a new review.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.models.standard import Standard
from coaching.interactions.models import Interaction, Message
from coaching.quality.disputes.models import Dispute as Dispute
from coaching.quality.disputes.models import DisputedRating as DisputedRating
from coaching.quality.flags.models import StandardFlag as StandardFlag
from coaching.quality.release.models import AcknowledgementReminder as AcknowledgementReminder
from coaching.quality.release.models import ReleaseFields, ReleaseSettings
from coaching.quality.release.models import ReleaseStep as ReleaseStep
from people.models import Person


class Scorecard(models.Model):
    """A set of questions about one kind of conversation. `key` never changes."""

    class Channel(models.TextChoices):
        ANY = "", _("Any channel")
        EMAIL = "email", _("E-mail")
        CHAT = "chat", _("Chat")
        PHONE = "phone", _("Phone")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    channel = models.CharField(_("made for"), max_length=10, choices=Channel, blank=True, default=Channel.ANY)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ScorecardVersion(ReleaseSettings):
    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    class AutoFail(models.TextChoices):
        ZERO = "zero", _("The score becomes 0")
        CAP = "cap", _("The score is capped")
        UNCHANGED = "unchanged", _("The score stays; the failure is shown beside it")

    class Acknowledgement(models.TextChoices):
        NONE = "none", _("Nothing is asked")
        ACKNOWLEDGE = "acknowledge", _("The rep confirms having read it")
        DISPUTE = "dispute", _("The rep confirms having read it, or disputes it")

    ASKING = (Acknowledgement.ACKNOWLEDGE, Acknowledgement.DISPUTE)

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    auto_fail = models.CharField(
        _("when a review-critical criterion fails"), max_length=10, choices=AutoFail, default=AutoFail.CAP
    )
    cap = models.PositiveSmallIntegerField(_("cap"), default=50, validators=[MaxValueValidator(100)])
    keep_section_weight = models.BooleanField(
        _("a section keeps its weight when something in it does not apply"),
        default=False,
        help_text=_("Off: the weight of what does not apply is spread over the whole scorecard."),
    )
    acknowledgement = models.CharField(
        _("after publishing"), max_length=12, choices=Acknowledgement, default=Acknowledgement.DISPUTE
    )
    dispute_days = models.PositiveSmallIntegerField(
        _("days to dispute"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("From the day the review is published."),
    )
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["scorecard", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "number"], name="scorecard_version_number_once"),
            models.UniqueConstraint(fields=["scorecard"], condition=Q(state="draft"), name="scorecard_one_draft"),
            models.UniqueConstraint(fields=["scorecard"], condition=Q(state="published"), name="scorecard_one_published"),
            models.CheckConstraint(condition=Q(cap__lte=100), name="scorecard_cap_percent"),
            models.CheckConstraint(condition=Q(dispute_days__gte=1, dispute_days__lte=90), name="scorecard_dispute_days"),
            models.CheckConstraint(condition=Q(hold_days__gte=1, hold_days__lte=45), name="scorecard_hold_days"),
            models.CheckConstraint(
                condition=Q(approval_percent__gte=1, approval_percent__lte=100), name="scorecard_approval_share"
            ),
            models.CheckConstraint(condition=Q(acknowledge_days__gte=1), name="scorecard_acknowledge_days"),
        ]

    def __str__(self) -> str:
        return _("%(name)s, version %(number)s") % {"name": self.scorecard.name, "number": self.number}

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def asks_to_read(self) -> bool:
        """Whether the rep is asked to confirm having read a review."""
        return self.acknowledgement in self.ASKING

    @property
    def may_be_disputed(self) -> bool:
        return self.acknowledgement == self.Acknowledgement.DISPUTE


class Section(models.Model):
    version = models.ForeignKey(ScorecardVersion, on_delete=models.CASCADE, related_name="sections")
    title = models.CharField(_("title"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title


class Criterion(models.Model):
    """One question. `key` is its identity over versions; the same key always means the same question."""

    class Criticality(models.TextChoices):
        NONE = "none", _("Not critical")
        SECTION = "section", _("Failing it zeroes its section")
        REVIEW = "review", _("Failing it fails the whole review")

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="criteria")
    key = models.SlugField(
        _("key"), max_length=60, help_text=_("Stays the same in every version, so that results can be compared.")
    )
    label = models.CharField(_("short label"), max_length=60)
    question = models.CharField(_("question"), max_length=300)
    help = models.TextField(_("help for the reviewer"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    weight = models.PositiveSmallIntegerField(_("weight"), default=10, validators=[MaxValueValidator(100)])
    allow_na = models.BooleanField(_("“does not apply” is offered"), default=False)
    criticality = models.CharField(_("criticality"), max_length=10, choices=Criticality, default=Criticality.NONE)
    fail_below = models.FloatField(
        _("failed below"), default=0.5, validators=[MinValueValidator(0), MaxValueValidator(1)], help_text=_("From 0 to 1.")
    )
    require_comment_below = models.FloatField(
        _("comment compulsory below"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("From 0 to 1; empty means never."),
    )
    standard = models.ForeignKey(
        Standard, verbose_name=_("standard"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["section__order", "section_id", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["section", "key"], name="criterion_key_once_per_section"),
            models.CheckConstraint(condition=Q(weight__lte=100), name="criterion_weight_percent"),
        ]
        indexes = [models.Index(fields=["key"], name="criterion_key")]

    def __str__(self) -> str:
        return self.label


class Answer(models.Model):
    """One possible answer. The anchor describes what earns it; the best is worth 1, the worst 0."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="answers")
    value = models.FloatField(_("worth"), validators=[MinValueValidator(0), MaxValueValidator(1)])
    label = models.CharField(_("label"), max_length=60)
    anchor = models.TextField(_("what earns this answer"))

    class Meta:
        ordering = ["-value", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0, value__lte=1), name="answer_value_share"),
            models.UniqueConstraint(fields=["criterion", "value"], name="answer_value_once"),
        ]

    def __str__(self) -> str:
        return self.label


class ReviewDraw(models.Model):
    """A conversation chosen for a reviewer. Only randomly drawn ones enter a person's figures."""

    class Method(models.TextChoices):
        RANDOM = "random", _("Drawn at random")
        TARGETED = "targeted", _("Drawn for a reason")
        HAND_PICKED = "hand_picked", _("Picked by hand")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        IN_REVIEW = "in_review", _("In progress")
        DONE = "done", _("Done")
        REPLACED = "replaced", _("Taken out")

    OPEN_STATES = (State.WAITING, State.IN_REVIEW)

    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    reviewee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    method = models.CharField(max_length=12, choices=Method)
    reason = models.CharField(_("why"), max_length=200)
    period = models.CharField(max_length=10, blank=True, help_text=_("The week it was drawn for, such as 2026-W24."))
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    due_on = models.DateField(_("due"))
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # How likely it was to be drawn: scores are weighted by it, so looking more often at difficult cases stays fair.
    stratum = models.PositiveSmallIntegerField(null=True, help_text=_("Part of the person's cases by risk, 0 the least."))
    stratum_cases = models.PositiveIntegerField(null=True, help_text=_("How many cases of the person that part held."))
    inclusion = models.FloatField(null=True, help_text=_("Probability of having been drawn, above 0 up to 1; empty: unknown."))

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["reviewer", "state", "due_on"], name="draw_queue"),
            models.Index(fields=["reviewee", "period"], name="draw_person_period"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "reviewer"], condition=~Q(state="replaced"), name="draw_once_per_reviewer"
            ),
            models.CheckConstraint(condition=~Q(reviewer=models.F("reviewee")), name="draw_never_of_oneself"),
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
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reviewee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    score_raw = models.FloatField(null=True, blank=True, help_text=_("0 to 100, before anything critical is counted."))
    score_shown = models.FloatField(null=True, blank=True, help_text=_("0 to 100, as shown; empty where nothing applied."))
    applicable_weight = models.PositiveIntegerField(default=0)
    critical_failed = models.JSONField(default=list, blank=True, help_text=_("Keys of the critical criteria that failed."))
    comment = models.TextField(_("overall comment"), blank=True)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    # A correction keeps the day of the first publishing: it is the same piece of work, seen rightly.
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="correction")
    corrected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(fields=["reviewee", "state", "published_at"], name="review_of_person"),
            models.Index(fields=["state", "release_on"], name="review_on_the_way", condition=Q(state__in=["submitted", "held"])),
        ]
        constraints = [
            models.UniqueConstraint(fields=["draw"], condition=~Q(state="withdrawn"), name="review_one_standing_per_draw"),
            models.CheckConstraint(condition=~Q(reviewer=models.F("reviewee")), name="review_never_of_oneself"),
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
