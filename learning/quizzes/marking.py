"""Marking a quiz: plain functions over plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from learning.modules.content import Answer, ModuleContent, Question


@dataclass(frozen=True)
class MarkedAnswer:
    answer: Answer
    chosen: bool


@dataclass(frozen=True)
class MarkedQuestion:
    question: Question
    right: bool
    answers: tuple[MarkedAnswer, ...]


@dataclass(frozen=True)
class Marked:
    """A marked quiz. `score_percent` is rounded down, so that it never shows a pass mark that was missed."""

    questions: tuple[MarkedQuestion, ...]
    right: int
    score_percent: int
    passed: bool

    @property
    def total(self) -> int:
        return len(self.questions)


def mark(content: ModuleContent, answers: Mapping[str, Sequence[str]]) -> Marked:
    """Mark the answers. A question is right where exactly its right answers are chosen, all of them and no other."""
    marked = []
    for question in content.questions:
        chosen = frozenset(answers.get(question.id, ()))
        marked.append(
            MarkedQuestion(
                question=question,
                right=chosen == question.right_ids,
                answers=tuple(MarkedAnswer(answer, answer.id in chosen) for answer in question.answers),
            )
        )
    right, total = sum(question.right for question in marked), len(marked)
    return Marked(
        questions=tuple(marked),
        right=right,
        score_percent=100 * right // total if total else 0,
        passed=total > 0 and 100 * right >= content.pass_mark * total,
    )
