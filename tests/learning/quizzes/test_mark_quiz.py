"""Marking: all right answers and no other; the mark is compared exactly, the percent never rounds up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.modules.content import ModuleContent
from learning.modules.questions.kinds import Answer, Choice
from learning.quizzes.marking import mark


def content(*rights: set[str], pass_mark: int = 80) -> ModuleContent:
    questions = tuple(
        Choice(
            id=f"q{n}",
            multiple=len(right) > 1,
            prompt="?",
            answers=tuple(Answer(letter, letter, letter in right, "") for letter in "abcd"),
            explanation="!",
        )
        for n, right in enumerate(rights)
    )
    return ModuleContent("T", "S", 5, pass_mark, (), (), questions)


@pytest.mark.parametrize(
    ("right", "chosen", "is_right"),
    [
        ({"a"}, ["a"], True),
        ({"a"}, ["b"], False),
        ({"a"}, [], False),
        ({"a", "c"}, ["c", "a"], True),
        ({"a", "c"}, ["a"], False),
        ({"a", "c"}, ["a", "b", "c"], False),
        ({"a"}, ["a", "elsewhere"], False),
    ],
)
def test_a_question_is_right_or_not(right, chosen, is_right):
    assert mark(content(right), {"q0": chosen}).questions[0].right is is_right


@pytest.mark.parametrize(
    ("right_count", "total", "pass_mark", "percent", "passed"),
    [(4, 5, 80, 80, True), (3, 5, 80, 60, False), (2, 3, 67, 66, False), (2, 3, 66, 66, True), (5, 5, 100, 100, True)],
)
def test_percent_and_pass_mark(right_count, total, pass_mark, percent, passed):
    quiz = content(*[{"a"}] * total, pass_mark=pass_mark)
    result = mark(quiz, {f"q{n}": ["a" if n < right_count else "b"] for n in range(total)})
    assert (result.right, result.score_percent, result.passed) == (right_count, percent, passed)


def test_a_module_without_questions_is_never_passed():
    assert not mark(content(), {}).passed


@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=1), min_size=1, max_size=20), st.data(), st.integers(1, 100))
def test_against_a_slow_reference(rights, data, pass_mark):
    chosen = {f"q{n}": sorted(data.draw(st.sets(st.sampled_from("abcd")))) for n in range(len(rights))}
    result = mark(content(*rights, pass_mark=pass_mark), chosen)
    right = 0
    for n, wanted in enumerate(rights):
        right += all((letter in wanted) == (letter in chosen[f"q{n}"]) for letter in "abcd")
    assert result.right == right
    assert result.passed == (right / len(rights) * 100 >= pass_mark - 1e-9)
    assert result.score_percent <= right / len(rights) * 100 + 1e-9
