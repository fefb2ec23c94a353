"""Training the learner. Only the worker's task and the schedule load this file, and with it scikit-learn.

It learns from the organisation's own reviews, in the order of time: from the older four fifths, tried on the newest fifth.
What it is used for is then learned anew from all of them; where the try did not beat chance, it is used for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from importlib.metadata import version
from statistics import median
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from coaching.quality.suggestions.learner import store
from coaching.quality.suggestions.learner.features import (
    MESSAGE_FACTS,
    TEXT_PLACES,
    Floats,
    case_facts,
    counts,
    inverse_frequency,
    message_facts,
    weighted,
)
from coaching.quality.suggestions.learner.reading import NEEDED, Example, examples
from coaching.quality.suggestions.learner.services import look_at_conversations
from coaching.quality.suggestions.learner.validation import Check, check
from coaching.quality.suggestions.models import LearnerRun

SEED = 20_260_601
NEWEST_SHARE = 0.2
FEWEST_OF_A_KIND = 5  # in either part: below, nothing can be said


class NothingToLearn(Exception):
    """The reviews are too few, or all alike; the message says which."""


@dataclass(frozen=True)
class Samples:
    """Texts as counted places, facts, which have it, and which conversation each belongs to."""

    documents: list[dict[int, int]]
    facts: NDArray[np.float32]
    labels: NDArray[np.float64]
    groups: list[int]

    def part(self, chosen: NDArray[np.bool_]) -> Samples:
        places = np.flatnonzero(chosen)
        return Samples(
            [self.documents[p] for p in places], self.facts[places], self.labels[places], [self.groups[p] for p in places]
        )


@dataclass(frozen=True)
class Fitted:
    frequency: Floats
    text: Floats
    middle: Floats
    spread: Floats
    facts: Floats
    constant: Floats

    def likelihoods(self, samples: Samples) -> NDArray[np.float64]:
        matrix = _matrix(samples.documents, self.frequency)
        linear = matrix @ self.text + ((samples.facts - self.middle) / self.spread) @ self.facts + self.constant[0]
        return np.asarray(1 / (1 + np.exp(-np.clip(linear, -30, 30))), dtype=float)


def _matrix(documents: Sequence[dict[int, int]], frequency: Floats) -> Any:
    rows = [weighted(document, frequency) for document in documents]
    ends = np.cumsum([0, *(len(places) for places, _values in rows)])
    return csr_matrix(
        (np.concatenate([v for _p, v in rows]), np.concatenate([p for p, _v in rows]), ends), shape=(len(rows), TEXT_PLACES)
    )


def fit(samples: Samples) -> Fitted:
    """A logistic regression on text and facts, with the usual penalty. The same samples give the same numbers."""
    frequency = inverse_frequency(samples.documents)
    middle = samples.facts.mean(axis=0)
    spread = samples.facts.std(axis=0)
    spread[spread < 1e-6] = 1.0
    matrix = hstack([_matrix(samples.documents, frequency), csr_matrix((samples.facts - middle) / spread)]).tocsr()
    model = LogisticRegression(C=1.0, solver="liblinear", dual=True, max_iter=1_000, random_state=SEED)
    model.fit(matrix, samples.labels.astype(int))
    weights = model.coef_[0].astype(np.float32)
    return Fitted(
        frequency=frequency,
        text=weights[:TEXT_PLACES],
        middle=middle.astype(np.float32),
        spread=spread.astype(np.float32),
        facts=weights[TEXT_PLACES:],
        constant=model.intercept_.astype(np.float32),
    )


@dataclass(frozen=True)
class Aim:
    """What "something to talk about" is: a failed criterion, or, where most reviews have one, a score below the median.

    An order is of use only for what fewer than half of the conversations have.
    """

    median: float
    by_failure: bool

    @classmethod
    def of(cls, found: Sequence[Example]) -> Aim:
        failed = sum(example.failed for example in found)
        return cls(median(example.score for example in found), by_failure=failed <= len(found) / 2)

    def meets(self, example: Example) -> bool:
        return example.failed if self.by_failure else example.score < self.median


def case_samples(found: Sequence[Example], aim: Aim) -> Samples:
    return Samples(
        documents=[counts(example.conversation.text) for example in found],
        facts=np.stack([case_facts(example.conversation) for example in found]),
        labels=np.array([float(aim.meets(example)) for example in found]),
        groups=[example.conversation.case for example in found],
    )


def message_samples(found: Sequence[Example]) -> Samples:
    """Every message of conversations in which something was quoted; 1 for those that were."""
    quoted = [example for example in found if example.quoted]
    pairs = [(example, number) for example in quoted for number in range(len(example.conversation.turns))]
    if not pairs:
        raise NothingToLearn(_("Reviewers have quoted nothing yet."))
    return Samples(
        documents=[counts(example.conversation.turns[number].text) for example, number in pairs],
        facts=np.stack([message_facts(example.conversation, number) for example, number in pairs]),
        labels=np.array([float(example.conversation.turns[number].pk in example.quoted) for example, number in pairs]),
        groups=[example.conversation.case for example, _number in pairs],
    )


def tried(samples: Samples, older: set[int]) -> Check:
    """How the older conversations teach to see the newer. Raises NothingToLearn where a kind is missing on one side."""
    is_older = np.array([group in older for group in samples.groups])
    parts = samples.part(is_older), samples.part(~is_older)
    if any(min(part.labels.sum(), len(part.labels) - part.labels.sum()) < FEWEST_OF_A_KIND for part in parts):
        raise NothingToLearn(_("The reviews are too much alike: there is nothing to tell apart."))
    return check(fit(parts[0]).likelihoods(parts[1]), parts[1].labels, parts[1].groups, seed=SEED)


def train(run: LearnerRun) -> None:
    """One training, written into its run. Raises NothingToLearn; an unforeseen error leaves through the caller."""
    found = examples()
    run.reviews = len(found)
    if len(found) < NEEDED:
        raise NothingToLearn(_("There are fewer than %(needed)s reviewed conversations to learn from.") % {"needed": NEEDED})
    newest = round(len(found) * NEWEST_SHARE)
    older = {example.conversation.case for example in found[:-newest]}
    # By the older alone: the newest must not tell what is looked for in them.
    aim = Aim.of(found[:-newest])
    cases = case_samples(found, aim)
    of_cases = tried(cases, older)
    whole = fit(cases)
    run.conversations, run.orders = (
        {**of_cases.as_json(), "median": aim.median, "by_failure": aim.by_failure},
        of_cases.beats_chance,
    )
    try:
        messages = message_samples(found)
        of_messages = tried(messages, older)
        part = fit(messages)
        run.messages, run.marks = of_messages.as_json(), of_messages.beats_chance
    except NothingToLearn:
        part = _knows_nothing()
        run.messages, run.marks = {}, False
    run.file_name, run.sha256 = store.save(_learned(whole, part))
    run.library = f"scikit-learn {version('scikit-learn')}"


def _knows_nothing() -> Fitted:
    """The part about messages where nothing was quoted yet: it says the same of all, and is not used."""
    size = len(MESSAGE_FACTS)
    nothing, flat = np.zeros(TEXT_PLACES, dtype=np.float32), np.zeros(size, dtype=np.float32)
    return Fitted(nothing, nothing, flat, np.ones(size, dtype=np.float32), flat, np.zeros(1, dtype=np.float32))


def _learned(cases: Fitted, messages: Fitted) -> store.Learned:
    parts = (("case", cases), ("message", messages))
    return store.Learned(**{f"{name}_{field.name}": getattr(part, field.name) for name, part in parts for field in fields(part)})


def train_waiting(clock: Callable[[], datetime]) -> str:
    """Take up the training that waits, if any; a sentence about what came of it.

    Of two workers one gets it. What went wrong stands in its row; the learner then goes on with what it had.
    """
    with transaction.atomic():
        waiting = LearnerRun.objects.select_for_update(of=("self",)).filter(state=LearnerRun.State.WAITING).first()
        if waiting is None or LearnerRun.objects.filter(state=LearnerRun.State.RUNNING).exists():
            return "nothing to train"
        waiting.state = LearnerRun.State.RUNNING
        waiting.save(update_fields=["state"])
    run = LearnerRun.objects.get(pk=waiting.pk)
    try:
        train(run)
        run.state = LearnerRun.State.DONE
    except (NothingToLearn, OSError, MemoryError) as error:
        run.state = LearnerRun.State.FAILED
        run.problem = str(error) or _("The worker ran out of memory or disk.")
    run.finished_at = clock()
    run.save()
    if run.state == LearnerRun.State.FAILED:
        return f"not trained: {run.problem}"
    store.forget_all_but(set(LearnerRun.objects.exclude(file_name="").order_by("-pk").values_list("file_name", flat=True)[:3]))
    looked_at = look_at_conversations(now=clock())
    return f"trained on {run.reviews} reviews; {looked_at} conversations looked at"
