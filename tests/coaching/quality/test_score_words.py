"""Shares in words: what was seen is never rounded away."""

from __future__ import annotations

import pytest

from coaching.quality.scores.arithmetic import Counted, share
from coaching.quality.scores.words import rate


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        ([Counted(1, 1.0, 3, 64)], "5 % (2 % to 13 %), seen in 3 of 64"),
        ([Counted(1, 1.0, 0, 64)], "0 % (0 % to 6 %), seen in 0 of 64"),
        ([Counted(1, 1.0, 64, 64)], "100 % (94 % to 100 %), seen in 64 of 64"),
        # Seen once among the cases that stand for few: of all cases next to nothing, and not nothing.
        ([Counted(1, 1.0, 1, 4), Counted(1, 8.0, 0, 60)], "under 1 % (0 % to 6 %), seen in 1 of 64"),
        ([Counted(1, 1.0, 3, 4), Counted(1, 8.0, 60, 60)], "over 99 % (94 % to 100 %), seen in 63 of 64"),
        ([Counted(1, 1.0, 1, 200)], "under 1 % (0 % to 3 %), seen in 1 of 200"),
        ([Counted(1, 1.0, 1, 4)], "too few: seen in 1 of 4"),
        ([], "no reviews"),
    ],
)
def test_what_was_seen_is_not_rounded_away(counted, said):
    assert rate(share(counted)) == said
