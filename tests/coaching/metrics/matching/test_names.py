"""How alike names are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.metrics.matching.names import SIMILAR, likeness, pairs_of, plain_name


def alike(one: str, other: str) -> float:
    return likeness(pairs_of(plain_name(one)), pairs_of(plain_name(other)))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Brückner, Jonas", "bruckner jonas"),
        ("  JONAS   Bruckner", "bruckner jonas"),
        ("Øystein Weiß", "oystein weiss"),
        ("…", ""),
    ],
)
def test_plain_names(name, plain):
    assert plain_name(name) == plain


def test_a_vector_by_hand():
    # " n ni ig gh ht t " and " n na ac ch ht t ": six pairs each, " n", "ht", "t " in common.
    assert alike("night", "nacht") == pytest.approx(2 * 3 / 12)


def test_the_numbers_of_the_docstring():
    assert alike("Jon Smith", "John Smyth") == pytest.approx(0.67, abs=0.01)
    assert alike("Ana Maria Lopez", "Ana Lopez") >= SIMILAR
    assert alike("Rita Example", "Ravi Example") < 0.8


@given(st.text(max_size=30), st.text(max_size=30))
def test_symmetric_and_within_bounds(one, other):
    assert alike(one, other) == alike(other, one)
    assert 0 <= alike(one, other) <= 1
    assert alike(one, one) == (1 if plain_name(one) else 0)
