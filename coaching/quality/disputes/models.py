"""What a rep says against a review, and what came of it.

A dispute is evidence like the review it is about: it is never edited. What it changes is a new review that corrects the
old one; both stay readable.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person


class Dispute(models.Model):
    """One objection of the person reviewed: to answers, each with what it should be, or to being the wrong person."""

    class Kind(models.TextChoices):
        ANSWERS = "answers", _("Answers are wrong")
        WRONG_PERSON = "wrong_person", _("This was not my conversation")

    class State(models.TextChoices):
        OPEN = "open", _("Waits for the team lead")
        FORWARDED = "forwarded", _("Waits for a second reviewer")
        ACCEPTED = "accepted", _("Accepted")
        PARTLY = "partly", _("Partly accepted")
        REJECTED = "rejected", _("Not accepted")
        TAKEN_BACK = "taken_back", _("Taken back")
        SETTLED = "settled", _("Settled: the review was withdrawn")

    UNDECIDED = (State.OPEN, State.FORWARDED)
    DECIDED = (State.ACCEPTED, State.PARTLY, State.REJECTED)

    review = models.ForeignKey("coaching_quality.Review", on_delete=models.PROTECT, related_name="disputes")
    kind = models.CharField(_("what is wrong"), max_length=12, choices=Kind, default=Kind.ANSWERS)
    reason = models.TextField(_("why"), blank=True, help_text=_("For the whole review; each answer has a reason of its own."))
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    lead = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("Who passed it on."))
    lead_at = models.DateTimeField(null=True)
    lead_note = models.TextField(blank=True)
    decider = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text=_("Who was asked to decide; never who scored.")
    )
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(_("reason of the decision"), blank=True)
    grader_error = models.BooleanField(null=True, help_text=_("Whether the reviewer had made a mistake; for their training."))
    corrected = models.ForeignKey(
        "coaching_quality.Review",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("The review that stands now."),
    )

    class Meta:
        ordering = ["-raised_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "raised_at"], name="dispute_by_state"),
            models.Index(fields=["decider", "state"], name="dispute_to_decide"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["review"], condition=Q(state__in=["open", "forwarded"]), name="dispute_one_undecided_per_review"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "partly", "rejected"])
                | (Q(decided_by__isnull=False) & Q(decided_at__isnull=False) & ~Q(decision="")),
                name="dispute_decided_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="forwarded") | Q(decider__isnull=False), name="dispute_forwarded_to_somebody"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("raised_by")),
                name="dispute_never_decided_by_oneself",
            ),
        ]

    def __str__(self) -> str:
        return _("Dispute %(number)s") % {"number": self.pk}

    @property
    def is_undecided(self) -> bool:
        return self.state in self.UNDECIDED

    @property
    def is_decided(self) -> bool:
        return self.state in self.DECIDED


class DisputedRating(models.Model):
    """One disputed answer. Before the decision `accepted` is empty; an accepted one says what the answer is now."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="points")
    criterion = models.ForeignKey("coaching_quality.Criterion", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("why"))
    proposed = models.ForeignKey("coaching_quality.Answer", on_delete=models.PROTECT, null=True, related_name="+")
    proposed_na = models.BooleanField(default=False)
    accepted = models.BooleanField(null=True)
    answer = models.ForeignKey("coaching_quality.Answer", on_delete=models.PROTECT, null=True, related_name="+")
    answer_na = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "criterion"], name="disputed_once_per_criterion"),
            models.CheckConstraint(condition=Q(proposed_na=False) | Q(proposed=None), name="disputed_proposal_or_na"),
            models.CheckConstraint(
                condition=~Q(accepted=True) | Q(answer__isnull=False) | Q(answer_na=True), name="disputed_accepted_has_answer"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="disputed_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id} of dispute {self.dispute_id}"
