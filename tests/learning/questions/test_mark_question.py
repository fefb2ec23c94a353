"""One question marked: fully right is 1, nothing is below 0, the order of what was sent never matters."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.modules.questions.kinds import (
    Accepted,
    Answer,
    Choice,
    Item,
    Match,
    Numeric,
    Order,
    Pair,
    ShortText,
    Span,
)
from learning.modules.questions.marking import mark_question, number_typed
from learning.modules.questions.serial import digest, fault_of, from_json, to_json
from tests.factories.questions import any_question, right_answer


def every_part(question) -> list[str]:
    """Whatever a page of this question could send, and some it could not."""
    sent = ["", "elsewhere", "true", "false", "3", *right_answer(question)]
    for name in ("answers", "regions"):
        sent += [part.id for part in getattr(question, name, ())]
    if isinstance(question, Order):
        sent += [f"{item.id}={place}" for item in question.items for place in ("", "1", "2", "99")]
    if isinstance(question, Match):
        sent += [f"{pair.id}={key}" for pair in question.pairs for key, _text in (*question.choices, ("", ""))]
    return sent


@settings(max_examples=300, deadline=None)
@given(any_question(), st.data())
def test_bounds_full_marks_and_order(question, data):
    assert fault_of(question) == ""
    right = mark_question(question, data.draw(st.permutations(right_answer(question))))
    assert right.share == (None if question.kind == "free" else 1)
    assert right.right is (question.kind != "free")
    possible = every_part(question)
    if data.draw(st.booleans()):
        possible = [part.id for name in ("answers", "regions") for part in getattr(question, name, ())] or possible
    given_parts = data.draw(st.lists(st.sampled_from(possible), max_size=6, unique_by=lambda t: t.split("=")[0]))
    first = mark_question(question, given_parts)
    whole = mark_question(question, given_parts, partial=False)
    if question.kind == "free":
        assert first.share is None
        return
    assert 0 <= first.share <= 1
    assert whole.share == (1 if first.share == 1 else 0)
    if question.kind not in {"short", "numeric"}:
        assert mark_question(question, list(reversed(given_parts))).share == first.share
    assert mark_question(question, []).share == 0


@settings(max_examples=150, deadline=None)
@given(any_question())
def test_kept_as_json_and_back(question):
    content = to_json(question)
    again = from_json(content, "q")
    assert again == question
    assert digest(to_json(again)) == digest(content)


def choice(*weights: float | None, multiple: bool = True, right: int = 1) -> Choice:
    answers = tuple(Answer(str(n), str(n), n < right, "", weight) for n, weight in enumerate(weights))
    return Choice(id="q", prompt="?", multiple=multiple, answers=answers)


@pytest.mark.parametrize(
    ("question", "chosen", "share"),
    [
        (choice(None, None, None, None, right=2), ["0"], Fraction(1, 2)),
        (choice(None, None, None, None, right=2), ["0", "2"], Fraction(0)),
        (choice(None, None, None, None, right=2), ["2"], Fraction(0)),
        (choice(50, 50, -100, right=2), ["2"], Fraction(0)),
        (choice(None, None, None, None, right=2), ["0", "1", "2"], Fraction(1, 2)),
        (choice(None, None, None, None, right=2), ["0", "1", "2", "3"], Fraction(0)),
        (choice(33.33333, 33.33333, 33.33333, -100, right=3), ["0", "1", "2"], Fraction(1)),
        (choice(33.33333, 33.33333, 33.33333, -100, right=3), ["0", "1", "2", "3"], Fraction(0)),
        (choice(100, 50, 0, multiple=False, right=2), ["1"], Fraction(1, 2)),
        (choice(None, None, multiple=False), ["0", "1"], Fraction(0)),
    ],
)
def test_partial_credit_of_choices(question, chosen, share):
    assert mark_question(question, chosen).share == pytest.approx(share, abs=1e-6)


def test_partial_credit_of_the_other_kinds():
    match = Match(id="q", prompt="?", pairs=(Pair("a", "A", "1"), Pair("b", "B", "2"), Pair("c", "C", "2")), extra=("3",))
    sent = [f"a={match.choice_id('1')}", f"b={match.choice_id('2')}", f"c={match.choice_id('3')}"]
    assert mark_question(match, sent).share == Fraction(2, 3)
    order = Order(id="q", prompt="?", items=tuple(Item(x, x) for x in "abcd"))
    assert mark_question(order, ["a=1", "b=2", "d=3", "c=4"]).share == Fraction(4, 6), "one of six pairs the wrong way round"
    assert mark_question(order, ["d=1", "c=2", "b=3", "a=4"]).share == 0
    assert mark_question(order, ["a=1", "b=1", "c=1", "d=1"]).share == 0, "all at one place is no order"
    numeric = Numeric(id="q", prompt="?", accepted=(Span(Decimal(3), Decimal("3.5")), Span(Decimal(1), Decimal(5), 50, "near")))
    assert [mark_question(numeric, [text]).share for text in ("3,25", "5", "5.01", "x", "")] == [1, Fraction(1, 2), 0, 0, 0]
    short = ShortText(id="q", prompt="?", accepted=(Accepted("No  one"), Accepted("no*", 50), Accepted("*", 0, "Think again")))
    assert [mark_question(short, [text]).share for text in ("no one ", "NOBODY", "all")] == [1, Fraction(1, 2), 0]
    assert mark_question(short, ["all"]).answers[0].feedback == "Think again"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("3,14", "3.14"), (" −2 ", "-2"), ("1e3", "1000"), (".5", "0.5"), ("1.234,5", None), ("NaN", None), ("1e999", None)],
)
def test_numbers_as_people_type_them(typed, number):
    assert number_typed(typed) == (None if number is None else Decimal(number))


def test_the_page_never_shows_the_right_order():
    order = Order(id="q", prompt="?", items=tuple(Item(x, x) for x in "ab"))
    assert order.shuffled != order.items
