"""Marking a quiz: plain functions over plain data. How one question is marked: learning.modules.questions.marking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from learning.modules.content import ModuleContent
from learning.modules.questions.kinds import Question
from learning.modules.questions.marking import ONE, ZERO, Line, MarkedQuestion, mark_question

Shares = Mapping[str, Fraction]


@dataclass(frozen=True)
class Marked:
    """A marked quiz. `score_percent` is rounded down, so that it never shows a pass mark that was missed.

    While `waiting` for a person, what is waited for counts nothing, and nothing is passed yet.
    """

    questions: tuple[MarkedQuestion, ...]
    right: int
    score_percent: int
    passed: bool
    waiting: bool = False

    @property
    def total(self) -> int:
        return len(self.questions)

    @property
    def shares(self) -> dict[str, Fraction]:
        """Question id → share, of those that are marked."""
        return {row.question.id: row.share for row in self.questions if row.share is not None}


def mark(content: ModuleContent, answers: Mapping[str, Sequence[str]]) -> Marked:
    """Mark the questions that are written into a module, by the rules of its revision."""
    return mark_questions(content.questions, answers, pass_mark=content.pass_mark, partial=content.rules.partial_credit)


def mark_questions(
    questions: Sequence[Question],
    answers: Mapping[str, Sequence[str]],
    *,
    pass_mark: int,
    partial: bool,
    given_shares: Shares | None = None,
) -> Marked:
    """Mark these questions. `given_shares` (by question id) are what a person or an earlier marking found: they stand."""
    marked = [mark_question(question, answers.get(question.id, ()), partial=partial) for question in questions]
    if given_shares:
        marked = [_as_given(row, given_shares.get(row.question.id, row.share)) for row in marked]
    points, total = sum((row.share or Fraction(0) for row in marked), Fraction(0)), len(marked)
    waiting = any(row.share is None for row in marked)
    return Marked(
        questions=tuple(marked),
        right=sum(row.right for row in marked),
        score_percent=int(100 * points / total) if total else 0,
        passed=total > 0 and not waiting and 100 * points >= pass_mark * total,
        waiting=waiting,
    )


def _as_given(row: MarkedQuestion, share: Fraction | None) -> MarkedQuestion:
    """A share that stands although the frozen key says otherwise: what the key said about the answer is left out."""
    if share == row.share:
        return row
    verdict = None if share is None or ZERO < share < ONE else share == ONE
    lines = tuple(Line(line.text, chosen=True, correct=verdict) for line in row.answers if line.chosen)
    return replace(row, share=share, answers=lines)
