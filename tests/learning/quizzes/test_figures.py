"""Item analysis and mastery against the published figures and slow references."""

import random
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.quizzes.analysis import analyse, correlation, upper_limit
from learning.quizzes.mastery import probability, verdict


@pytest.mark.parametrize(("r", "n", "upper"), [(-0.1, 30, 0.145), (0, 30, 0.241), (0, 50, 0.185)])
def test_the_upper_limit(r, n, upper):
    assert round(upper_limit(r, n), 3) == upper


@pytest.mark.parametrize(("right", "asked", "p"), [(5, 5, 0.867), (6, 6, 0.8999), (7, 7, 0.925)])
def test_mastery(right, asked, p):
    assert probability(right, asked) == pytest.approx(p, abs=5e-4 if p != 0.8999 else 5e-5)
    assert verdict(right, asked) == ("mastered" if asked == 7 else "go_on")


def test_mastery_ends_one_way_or_the_other():
    assert (verdict(4, 4), verdict(0, 5), verdict(15, 20)) == ("go_on", "not_yet", "nearly")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 20), st.integers(0, 20))
def test_mastery_against_an_integral(right, wrong):
    a, b, steps = 2 + right, 1 + wrong, 4000

    def density(x): return x ** (a - 1) * (1 - x) ** (b - 1)  # fmt: skip

    points = [density((i + 0.5) / steps) for i in range(steps)]
    above = sum(points[int(0.75 * steps) :]) / sum(points)
    assert isclose(probability(right, right + wrong), above, abs_tol=1e-5)
    assert probability(right + 1, right + wrong + 1) >= probability(right, right + wrong)


def takers(n: int, rng: random.Random, *, miskeyed: bool) -> list[dict[str, float]]:
    papers = []
    for _ in range(n):
        ability = rng.gauss(0, 1)
        paper = {f"q{q}": float(ability + rng.gauss(0, 1) > 0) for q in range(10)}
        if miskeyed:
            paper["q0"] = 1 - paper["q0"]
        papers.append(paper)
    return papers


def test_a_wrong_key_is_flagged_and_good_questions_are_not():
    rng = random.Random(7)
    flagged = 0
    for _ in range(40):
        items = {item.key: item for item in analyse(takers(50, rng, miskeyed=True))}
        assert items["q0"].verdict == "check"
        flagged += sum(item.verdict == "check" for key, item in items.items() if key != "q0")
    assert flagged <= 0.02 * 40 * 9
    assert {item.verdict for item in analyse(takers(29, rng, miskeyed=True))} == {"early"}


def test_what_everybody_gets_right_is_no_fault():
    papers = [{"a": 1.0, "b": float(n % 2), "c": float(n % 3 == 0)} for n in range(40)]
    items = {item.key: item for item in analyse(papers)}
    assert (items["a"].verdict, items["a"].r, items["a"].difficulty) == ("easy", None, 1.0)
    assert items["a"].interval.high == 1.0
    assert items["a"].interval.low == pytest.approx(0.912, abs=5e-4)
    assert correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
    assert correlation([1, 2, 3], [6, 4, 2]) == pytest.approx(-1)
