"""When somebody has mastered a thing: questions one after the other until it is clear. Plain functions.

Prior Beta(2, 1); after k right of n the chance that the true share of right answers is above .75 is
1 - BetaCDF(.75; 2 + k, 1 + n - k). Above .9: mastered; below .1: not yet; else one more question, from 5 up to 20.
"""

from math import comb, fsum

GOAL, SURE, UNSURE = 0.75, 0.9, 0.1
FEWEST, MOST = 5, 20
PRIOR_RIGHT, PRIOR_WRONG = 2, 1


def probability(right: int, asked: int, goal: float = GOAL) -> float:
    """P(true share > goal) after `right` of `asked`. Exact: with whole parameters BetaCDF is a binomial tail.

    Raises ValueError where right lies outside 0..asked.
    """
    if not 0 <= right <= asked:
        raise ValueError(f"right must lie in 0..asked, got {right} of {asked}")
    a, b = PRIOR_RIGHT + right, PRIOR_WRONG + asked - right
    n = a + b - 1
    # 1 - I_goal(a, b) = P(Binomial(n, goal) < a)
    return fsum(comb(n, j) * goal**j * (1 - goal) ** (n - j) for j in range(a))


def verdict(right: int, asked: int) -> str:
    """ "mastered", "not_yet", "nearly" (20 asked and still open), or "go_on"."""
    if asked < FEWEST:
        return "go_on"
    p = probability(right, asked)
    if p > SURE:
        return "mastered"
    if p < UNSURE:
        return "not_yet"
    return "nearly" if asked >= MOST else "go_on"
