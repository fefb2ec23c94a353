"""Scorecards live in versions; a published version is read-only."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.models.guideline import GuidelineModule
from cms.models.standard import Standard
from coaching.quality.release.models import ReleaseSettings


class Scorecard(models.Model):
    """A set of questions about one kind of conversation. `key` never changes."""

    class Channel(models.TextChoices):
        ANY = "", _("Any channel")
        EMAIL = "email", _("E-mail")
        CHAT = "chat", _("Chat")
        PHONE = "phone", _("Phone")
        COMPLAINT = "complaint", _("Complaints, on any channel")

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
    weight = models.PositiveSmallIntegerField(
        _("weight"), null=True, blank=True, help_text=_("Shared by its criteria; empty: what they weigh together.")
    )

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
    # The part of a guideline module it rests on. `paragraph` is the id of the block that heads the part: it stays when the
    # heading is reworded.
    guideline = models.ForeignKey(
        GuidelineModule, verbose_name=_("guideline module"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    paragraph = models.CharField(_("part of the guideline module"), max_length=64, blank=True)
    is_bonus = models.BooleanField(
        _("a bonus"), default=False, help_text=_("Adds to what is earned, up to 100 in all; never fails and is never critical.")
    )
    # A key and not a foreign key: a version is copied and exported as it is, and what is gone can be named.
    asked_if = models.SlugField(_("asked only if this criterion"), max_length=60, blank=True)
    asked_at_least = models.FloatField(
        _("is answered from"), default=0, validators=[MinValueValidator(0), MaxValueValidator(1)], help_text=_("From 0 to 1.")
    )
    asked_at_most = models.FloatField(
        _("up to"), default=1, validators=[MinValueValidator(0), MaxValueValidator(1)], help_text=_("From 0 to 1.")
    )
    require_root_cause = models.BooleanField(_("a root cause is needed where it is failed"), default=False)

    class Meta:
        ordering = ["section__order", "section_id", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["section", "key"], name="criterion_key_once_per_section"),
            models.CheckConstraint(condition=Q(weight__lte=100), name="criterion_weight_percent"),
            models.CheckConstraint(
                condition=Q(asked_at_least__gte=0, asked_at_most__lte=1, asked_at_least__lte=F("asked_at_most")),
                name="criterion_asked_range",
            ),
        ]
        indexes = [models.Index(fields=["key"], name="criterion_key")]

    def __str__(self) -> str:
        return self.label

    @property
    def fails_below(self) -> float:
        """The worth below which it is failed; a bonus that was not earned is nothing that failed."""
        return 0.0 if self.is_bonus else self.fail_below


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
