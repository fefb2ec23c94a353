"""Conversations worth a look with the reasons why, what the local learner knows, and what the assistant proposed.

Nothing here is evidence and nothing here enters a score: a suggestion leads to a draw for coaching, a likelihood orders a
list, a proposal waits for a person to accept it. Suggestions are found anew by a scheduled task and forgotten when old.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Interaction, Message
from people.models import Person


class Suggestion(models.Model):
    """A conversation nobody has drawn, with reasons to look at it. Dismissed ones stay until they are too old to return."""

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(help_text=_("When the case was resolved, or opened where it is still open."))
    found_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["day"], name="suggestion_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(dismissed_at__isnull=True, dismissed_by__isnull=True)
                | Q(dismissed_at__isnull=False, dismissed_by__isnull=False),
                name="suggestion_dismissed_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return _("Suggestion %(number)s") % {"number": self.pk}


class SuggestionReason(models.Model):
    """One reason to look, with the figures that its sentence is made of."""

    class Kind(models.TextChoices):
        LOW_RATING = "low_rating", _("Low rating")
        COMPLAINT = "complaint", _("Complaint")
        REOPENED = "reopened", _("Reopened")
        ESCALATED = "escalated", _("Passed on")
        LONG_HANDLE = "long_handle", _("Took very long")
        NEW_TOPIC = "new_topic", _("New topic")

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="reasons", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["suggestion", "kind"], name="suggestion_reason_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class HelperChoices(models.Model):
    """What a reviewer wants of the helpers. Without a row: the order stays, marks and proposals are shown."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    likely_first = models.BooleanField(
        _("Order what was picked for a reason by how likely there is something to talk about"), default=False
    )
    look_here_first = models.BooleanField(_("Mark up to three messages to look at first"), default=True)
    show_proposals = models.BooleanField(_("Show the answers that the assistant proposes"), default=True)

    def __str__(self) -> str:
        return f"{self.person_id}"


class LearnerRun(models.Model):
    """One training of the local learner: what it learned from, how it did on the newest reviews, where its numbers lie."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Learning")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")

    UNFINISHED = (State.WAITING, State.RUNNING)

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)
    reviews = models.PositiveIntegerField(default=0)
    conversations = models.JSONField(default=dict, help_text=_("How it ordered the newest reviews."))
    messages = models.JSONField(default=dict, help_text=_("How it found what reviewers quoted in the newest reviews."))
    orders = models.BooleanField(default=False, help_text=_("It beat chance, so it orders lists."))
    marks = models.BooleanField(default=False, help_text=_("It beat chance, so it marks messages."))
    file_name = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    library = models.CharField(max_length=40, blank=True, help_text=_("Name and version of what trained it."))

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="waiting"), name="learner_run_one_waiting"),
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="learner_run_one_running"),
        ]

    def __str__(self) -> str:
        return _("Training %(number)s") % {"number": self.pk}


class Likelihood(models.Model):
    """How likely, by one training, there is something to talk about in a conversation: 0 to 1. Orders lists, never a score."""

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(LearnerRun, on_delete=models.CASCADE, related_name="+")
    value = models.FloatField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(value__gte=0, value__lte=1), name="likelihood_share")]

    def __str__(self) -> str:
        return f"{self.interaction_id}: {self.value:.2f}"


class AssistantTrial(models.Model):
    """The assistant answers conversations that people have reviewed, unseen, so that the two can be compared."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")

    version = models.ForeignKey("coaching_quality.ScorecardVersion", on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=200, help_text=_("Which model was asked."))
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["version"], condition=Q(state="running"), name="assistant_trial_one_running")
        ]

    def __str__(self) -> str:
        return _("Trial %(number)s") % {"number": self.pk}


class AssistantSwitch(models.Model):
    """Whether the assistant proposes answers for this version of a scorecard, and the trial that this rests on."""

    version = models.OneToOneField("coaching_quality.ScorecardVersion", on_delete=models.PROTECT, related_name="+")
    is_on = models.BooleanField(default=False)
    trial = models.ForeignKey(AssistantTrial, on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.version}"


class AssistantRequest(models.Model):
    """One review put to the assistant: for a trial, or, without one, for the reviewer who writes it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ANSWERED = "answered", _("Answered")
        FAILED = "failed", _("No answer")

    review = models.ForeignKey("coaching_quality.Review", on_delete=models.CASCADE, related_name="+")
    trial = models.ForeignKey(AssistantTrial, on_delete=models.CASCADE, null=True, related_name="requests")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    model = models.CharField(max_length=200)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    problem = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["next_try_at"], name="assistant_waiting", condition=Q(state="waiting"))]
        constraints = [
            models.UniqueConstraint(fields=["review", "trial"], name="assistant_once_per_trial"),
            models.UniqueConstraint(fields=["review"], condition=Q(trial=None), name="assistant_once_per_review"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}"


class Proposal(models.Model):
    """An answer to one criterion that the assistant proposes, with words that really stand in that message, if any."""

    request = models.ForeignKey(AssistantRequest, on_delete=models.CASCADE, related_name="proposals", db_index=False)
    criterion = models.ForeignKey("coaching_quality.Criterion", on_delete=models.PROTECT, related_name="+", db_index=False)
    answer = models.ForeignKey("coaching_quality.Answer", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    is_na = models.BooleanField(default=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, related_name="+")
    excerpt = models.TextField(blank=True)
    accepted_at = models.DateTimeField(null=True, help_text=_("When the reviewer took it over."))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "criterion"], name="proposal_once_per_criterion"),
            models.CheckConstraint(
                condition=Q(is_na=True, answer__isnull=True) | Q(is_na=False, answer__isnull=False), name="proposal_answer_or_na"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.answer_id or '–'}"
