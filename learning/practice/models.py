"""Cards of daily practice, what was answered, who pauses or shares, and the closed months that leads read.

A card is one person's own; so is every answer. Leads read sums of closed months only (`TeamMonth`), and the answers of
those who chose to share (`PracticeAnswer.shared`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from cms.models import Standard
from learning.modules.models import Module
from people.models import Person, Team


class PracticeCardQuerySet(models.QuerySet["PracticeCard"]):
    def in_use(self) -> PracticeCardQuerySet:
        """Neither put aside by its person nor gone."""
        return self.filter(retired_at=None, hidden_at=None)

    def due(self, on: date) -> PracticeCardQuerySet:
        return self.in_use().filter(Q(due_on__lte=on) | Q(wanted_on__lte=on))

    def in_order(self) -> PracticeCardQuerySet:
        """What a review asks for first, then what was known once, the longest due first, then what is new."""
        known_once = Case(When(answered=0, then=1), default=0)
        return self.order_by(F("wanted_on").asc(nulls_last=True), known_once, "due_on", "pk")


class PracticeCard(models.Model):
    """One question for one person, and when it is asked again.

    `question` names it: "<module>:<id in its quiz>", or "bank-<n>" for one of the bank (`practice.questions`). `state`
    is the fsrs card as JSON; none before the first answer. `wanted_on`: a review asks for it earlier than it is due.
    """

    class Gone(models.TextChoices):
        QUESTION = "question", _("The question is no longer asked.")
        EVIDENCE = "evidence", _("The review it came from was withdrawn.")

    class Aside(models.TextChoices):
        KNOWN = "known", _("I know this well")
        UNCLEAR = "unclear", _("The question is unclear or wrong")
        NOT_MINE = "not_mine", _("It is not part of my work")
        OTHER = "other", _("Another reason")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="+")
    question = models.CharField(max_length=120)
    state = models.JSONField(null=True, blank=True)
    due_on = models.DateField()
    wanted_on = models.DateField(null=True, blank=True)
    answered = models.PositiveSmallIntegerField(default=0)
    last_answered_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_because = models.CharField(max_length=10, choices=Gone, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_because = models.CharField(max_length=10, choices=Aside, blank=True)
    hidden_note = models.CharField(max_length=200, blank=True)

    objects = PracticeCardQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["person", "due_on"], name="practice_card_due")]
        constraints = [
            models.UniqueConstraint(fields=["person", "question"], name="practice_card_once"),
            models.CheckConstraint(condition=Q(retired_at=None) ^ ~Q(retired_because=""), name="practice_card_gone_says_why"),
            models.CheckConstraint(condition=Q(hidden_at=None) ^ ~Q(hidden_because=""), name="practice_card_aside_says_why"),
        ]

    def __str__(self) -> str:
        return _("Card %(number)s") % {"number": self.pk}


class PracticeReason(models.Model):
    """Why a card is there. A card may have several; one that was taken back stays, so that its cause adds nothing twice.

    `cause`: "module:12", or what set it in motion above, as "review:7:criterion:tone".
    """

    class Kind(models.TextChoices):
        MODULE = "module", _("Completed module")
        EVIDENCE = "evidence", _("Something that was missing in my work")

    card = models.ForeignKey(PracticeCard, on_delete=models.CASCADE, related_name="reasons")
    kind = models.CharField(max_length=10, choices=Kind)
    cause = models.CharField(max_length=200, db_index=True)
    standard = models.ForeignKey(Standard, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    because = models.TextField(max_length=1000, blank=True)
    evidence_url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["card", "cause"], name="practice_reason_once_per_card")]

    def __str__(self) -> str:
        return self.cause


class PracticeAnswerQuerySet(models.QuerySet["PracticeAnswer"]):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("Answers of practice are append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("Answers of practice are append-only.")

    def erase(self) -> int:
        """For good, where their person erases their practice; nothing else deletes an answer."""
        return super().delete()[1].get("learning_practice.PracticeAnswer", 0)


class PracticeAnswer(models.Model):
    """One answer: what was asked (`content`, as `questions.serial` keeps it), what was answered, and what followed. Append-only.

    `on` is the day where the person is; `was_due_on` the day it had been due. `seconds` None: the page lay open too long
    to tell. `shared`: their person shared with the lead then.
    """

    class Rating(models.IntegerChoices):
        AGAIN = 1, _("not right")
        HARD = 2, _("right, slowly")
        GOOD = 3, _("right")

    card = models.ForeignKey(PracticeCard, on_delete=models.CASCADE, related_name="answers")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    answer = models.JSONField()
    rating = models.PositiveSmallIntegerField(choices=Rating)
    seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    was_due_on = models.DateField()
    on = models.DateField(db_index=True)
    next_on = models.DateField()
    at = models.DateTimeField()
    shared = models.BooleanField(default=False)
    standards = models.ManyToManyField(Standard, related_name="+")

    objects = PracticeAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["card", "number"], name="practice_answer_once")]

    def __str__(self) -> str:
        # Without how it went: the audit log keeps this name.
        return _("Answer %(number)s") % {"number": self.number}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Answers of practice are append-only.")
        super().save(*args, **kwargs)

    @property
    def right(self) -> bool:
        return self.rating != self.Rating.AGAIN


class PracticeChoice(models.Model):
    """What somebody chose about their practice. Nobody has a row before they choose."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    shares = models.BooleanField(_("my lead sees how I answer"), default=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person)


class PracticePause(models.Model):
    """Somebody pauses from `starts_on` until and including `until`; without it, until they go on."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    starts_on = models.DateField()
    until = models.DateField(_("last day of the pause"), null=True, blank=True)

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("starts_on")), name="practice_pause_ends_later"),
            models.UniqueConstraint(fields=["person"], condition=Q(until=None), name="practice_pause_one_open"),
        ]

    def __str__(self) -> str:
        return str(self.starts_on)


class PracticedModule(models.Model):
    """Up to which version and moment the cards of a module were made, so that the next look reads only what is new.

    `revision` is 0 while the module is not published.
    """

    module = models.OneToOneField(Module, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.module)


class ClosedMonth(models.Model):
    """A month whose answers were summed. It is never summed again: what changes later must tell nothing about anybody."""

    first_day = models.DateField(unique=True)
    closed_at = models.DateTimeField()

    class Meta:
        ordering = ["-first_day"]

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"


class TeamMonth(models.Model):
    """The answers of one team in one closed month to questions that teach exactly these standards: an atom.

    All that leads read is a sum of whole atoms, and an atom has at least five people or no numbers at all (`people` 0).
    Nobody is named. Answers of who shared then are not in it.
    """

    month = models.ForeignKey(ClosedMonth, on_delete=models.CASCADE, related_name="teams")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    standards = models.JSONField()  # their ids, sorted
    people = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    right = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["month", "team", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(people=0, answered=0, right=0) | Q(people__gte=5), name="practice_atom_of_five"),
            models.CheckConstraint(condition=Q(right__lte=F("answered")), name="practice_atom_adds_up"),
        ]

    def __str__(self) -> str:
        return f"{self.team}, {self.month}"
