"""The question bank, and what learners answered.

The questions of a try are those of the attempt's frozen revision and, where it draws from the bank, frozen versions.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.models import Standard
from learning.assignments.models import Assignment, Attempt
from learning.modules.questions import kinds
from learning.modules.questions.kinds import KINDS
from learning.modules.questions.serial import from_json
from people.models import Person


class AppendOnly(models.Model):
    """A row that nobody changes or deletes: a correction is a new row."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError(f"{type(self).__name__} is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{type(self).__name__} is append-only.")


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("These rows are append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("These rows are append-only.")


class Question(models.Model):
    """A question of the bank: what stays the same while its words change. `kind` and `prompt` repeat the newest version.

    `source` and `external_id` say where it was imported from: the same file again finds it again.
    """

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=200, blank=True, db_index=True)
    standard = models.ForeignKey(Standard, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    prompt = models.TextField()
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["category", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="bank_question_imported_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title or (self.prompt if len(self.prompt) <= 80 else f"{self.prompt[:79]}…")

    @property
    def paper_key(self) -> str:
        """Its id within a quiz."""
        return f"bank-{self.pk}"


class QuestionTag(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60, db_index=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["question", "name"], name="bank_question_tag_once")]

    def __str__(self) -> str:
        return self.name


class QuestionVersion(AppendOnly):
    """One wording of a question, with its answers: what a try freezes. `content` is `questions.serial.to_json`."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["question", "number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="question_version_number_once")]

    def __str__(self) -> str:
        return _("Version %(number)s") % {"number": self.number}

    @property
    def question_as_asked(self) -> kinds.Question:
        return from_json(self.content, f"bank-{self.question_id}")


class QuizPaper(models.Model):
    """One try, made when it begins: which questions in which order, and until when. All tabs share it.

    `saved` holds what was answered so far, by question, and is no evidence before it is handed in.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    deadline = models.DateTimeField(null=True, blank=True)
    grace_seconds = models.PositiveSmallIntegerField(default=0)
    saved = models.JSONField(default=dict)
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["attempt", "number"]
        constraints = [models.UniqueConstraint(fields=["attempt", "number"], name="quiz_paper_number_once")]

    def __str__(self) -> str:
        return _("Try %(number)s") % {"number": self.number}

    def is_over(self, now: datetime) -> bool:
        """Past the deadline and its grace: nothing is taken any more."""
        return self.deadline is not None and now > self.deadline + timedelta(seconds=self.grace_seconds)

    def in_time_at(self, now: datetime) -> datetime:
        """The moment by which what is handed in now is in time for a last day: a try against the clock runs to its own end."""
        return self.started_at if self.deadline is not None else now


class PaperQuestion(models.Model):
    """One question of a try. `key` is its id in the quiz; `version` is empty for those written into the module.

    `order` lists the ids of its parts as shown, where they were shuffled.
    """

    paper = models.ForeignKey(QuizPaper, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=80)
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="paper_questions")
    order = models.JSONField(default=list)

    class Meta:
        ordering = ["paper", "position"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="paper_question_position_once"),
            models.UniqueConstraint(fields=["paper", "key"], name="paper_question_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.key}"


class QuizSubmission(models.Model):
    """One try handed in, marked at once. `answers` maps question id to what was answered (`questions.marking`).

    Score and `passed` are those of the first marking; later ones are rows of QuizMark. `late`: the time was over, and
    what had been saved until then is what counts. `waiting_since`: a person has to mark some of it.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    paper = models.OneToOneField(QuizPaper, on_delete=models.PROTECT, null=True, blank=True, related_name="submission")
    number = models.PositiveSmallIntegerField()
    answers = models.JSONField()
    score_percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    passed = models.BooleanField()
    submitted_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    waiting_since = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["attempt", "number"]
        constraints = [models.UniqueConstraint(fields=["attempt", "number"], name="quiz_submission_number_once")]

    def __str__(self) -> str:
        # Without the score: the audit log keeps this name, and its readers see nobody's results.
        return _("Try %(number)s") % {"number": self.number}

    @property
    def in_time_at(self) -> datetime:
        """The moment by which it was in time for a last day, or was not."""
        return self.paper.in_time_at(self.submitted_at) if self.paper else self.submitted_at


class QuizMark(AppendOnly):
    """One marking of a submission. The newest counts for what comes; what was completed before stays completed.

    `shares` maps question id to the exact share ("1/2"); `remarks` maps it to what the person who marked wrote.
    """

    class Reason(models.TextChoices):
        AUTOMATIC = "automatic", gettext_lazy("By the key")
        PERSON = "person", gettext_lazy("By a person")
        REGRADE = "regrade", gettext_lazy("Regraded")

    submission = models.ForeignKey(QuizSubmission, on_delete=models.PROTECT, related_name="marks")
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=10, choices=Reason)
    shares = models.JSONField()
    remarks = models.JSONField(default=dict)
    score_percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    passed = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)
    marked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    marked_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["submission", "number"]
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="quiz_mark_number_once")]

    def __str__(self) -> str:
        return _("Marking %(number)s") % {"number": self.number}


class ExtraTry(models.Model):
    """One more try than the module allows, given to a learner by their lead."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["given_at"]

    def __str__(self) -> str:
        return str(self.assignment)


class MasteryRun(models.Model):
    """Somebody finds out for themselves whether they have mastered a category. `verdict` as in `mastery.verdict`; "" runs."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "category"], condition=Q(finished_at=None), name="mastery_one_running_per_category"
            ),
        ]

    def __str__(self) -> str:
        return self.category


class MasteryAnswer(models.Model):
    """One question of a run, asked and then answered. `right` None: not answered yet."""

    run = models.ForeignKey(MasteryRun, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField()
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="mastery_answers")
    answer = models.JSONField(default=list)
    right = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="mastery_answer_once")]

    def __str__(self) -> str:
        return str(self.number)
