"""When a question comes again, and how regular practice is told: the rules by themselves."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.practice.rhythm import Rhythm, Span, rhythm
from learning.practice.scheduling import rating_of, retrievability, schedule
from learning.practice.templatetags.practice import again_in

START = date(2026, 1, 5)  # a Monday
AGAIN, HARD, GOOD = 1, 2, 3


def intervals(ratings, *, fuzz=False):
    """The days from each answer to the next, every answer given on the day it is due."""
    state, day, found = None, START, []
    for rating in ratings:
        follows = schedule(state, rating, day, fuzz=fuzz)
        found.append((follows.due_on - day).days)
        state, day = follows.state, follows.due_on
    return found


def test_the_published_days():
    """The reference's vector: Good, Good, Good, Again, Good, Good, Good."""
    assert intervals([GOOD, GOOD, GOOD, AGAIN, GOOD, GOOD, GOOD]) == [2, 11, 46, 3, 8, 19, 42]


@given(st.lists(st.sampled_from([AGAIN, HARD, GOOD]), min_size=1, max_size=12), st.booleans())
def test_at_least_a_day_and_at_most_half_a_year(ratings, fuzz):
    assert all(1 <= days <= 180 for days in intervals(ratings, fuzz=fuzz))


@given(st.lists(st.sampled_from([AGAIN, HARD, GOOD]), max_size=8))
def test_slowly_comes_no_later_than_quickly_and_wrong_no_later_than_both(before):
    again, hard, good = (intervals([*before, rating])[-1] for rating in (AGAIN, HARD, GOOD))
    assert again <= hard <= good


def test_what_is_due_is_known_with_nine_in_ten_and_fades():
    follows = schedule(schedule(None, GOOD, START, fuzz=False).state, GOOD, START + timedelta(days=2), fuzz=False)
    assert retrievability(follows.state, follows.due_on) == pytest.approx(0.9, abs=0.01)
    assert retrievability(follows.state, follows.due_on + timedelta(days=60)) < 0.8


@pytest.mark.parametrize(
    ("right", "seconds", "words", "rating"),
    [(False, 3, 30, AGAIN), (True, 35, 30, GOOD), (True, 36, 30, HARD), (True, 36, 60, GOOD), (True, None, 30, GOOD)],
)
def test_nobody_rates_themselves(right, seconds, words, rating):
    """25 seconds to think and one for three words; a page left open for long says nothing."""
    assert rating_of(right=right, seconds=seconds, words=words) == rating


def test_days_in_words():
    said = [again_in(days) for days in (1, 2, 11, 20, 21, 46, 75, 180)]
    assert said == [
        "again tomorrow",
        "again in about 2 days",
        "again in about 11 days",
        "again in about 20 days",
        "again in about 3 weeks",
        "again in about 7 weeks",
        "again in about 2 months",
        "again in about 6 months",
    ]


FRIDAY = date(2026, 1, 16)
ALWAYS = [Span(date(2025, 1, 1))]


def days(*numbers):
    return {date(2026, 1, number) for number in numbers}


def test_four_of_five():
    assert rhythm(FRIDAY, practised=days(9, 12, 13, 15), off=[], waiting=ALWAYS) == Rhythm(4, 5), "today is not over"
    assert rhythm(FRIDAY, practised=days(12, 13, 15, 16), off=[], waiting=ALWAYS) == Rhythm(4, 5), "today counts once done"


def test_weekends_absences_pauses_and_empty_days_never_count_against():
    holiday = [Span(date(2026, 1, 12), date(2026, 1, 14))]
    assert rhythm(FRIDAY, practised=days(8, 9, 15), off=holiday, waiting=ALWAYS) == Rhythm(3, 5)
    assert rhythm(FRIDAY, practised=days(10), off=[Span(date(2025, 1, 1))], waiting=ALWAYS) == Rhythm(1, 1), "a Saturday counts"
    due_once = [Span(date(2026, 1, 13), date(2026, 1, 14))]
    assert rhythm(FRIDAY, practised=days(14), off=[], waiting=due_once) == Rhythm(1, 2)
    assert rhythm(FRIDAY, practised=[], off=[], waiting=[]) == Rhythm(0, 0)


DAYS = st.integers(0, 40).map(lambda back: FRIDAY - timedelta(days=back))


@given(st.sets(DAYS), DAYS)
def test_one_more_day_of_practice_never_makes_it_look_worse(practised, another):
    before = rhythm(FRIDAY, practised=practised, off=[], waiting=ALWAYS)
    after = rhythm(FRIDAY, practised=practised | {another}, off=[], waiting=ALWAYS)
    assert after.practised >= before.practised
    assert after.days == before.days == 5
