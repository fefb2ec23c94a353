"""When an account is at risk, in sentences. Pure functions; no score is made of them.

**More cases than normal.** Cases of an account are taken as Poisson counts. Given all N cases of the recent and the earlier weeks
together, the recent ones are binomial with share recent ÷ (recent + earlier weeks) if nothing changed (the conditional test of
two Poisson rates, Przyborowski and Wilenski 1940). So the account's normal is not taken as known: a short history makes it harder
to say anything. Said only where the recent weeks hold more than twice the normal, and chance gives as many in less than one of a
thousand accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import exp, lgamma, log

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.statistics import wilson
from foundation.templatetags.ui import number, percent

RECENT_WEEKS, NORMAL_WEEKS, FEWEST_NORMAL_WEEKS = 4, 26, 8
CHANCE = 0.001
TIMES = 2.0
FEWEST_RATINGS = 3
OLD_DAYS = 14


def binomial_tail(k: int, n: int, p: float) -> float:
    """P(X ≥ k) of n tries with chance p each."""
    if k <= 0:
        return 1.0
    if k > n:
        return 0.0
    ways = lgamma(n + 1)
    return min(
        1.0, sum(exp(ways - lgamma(i + 1) - lgamma(n - i + 1) + i * log(p) + (n - i) * log(1 - p)) for i in range(k, n + 1))
    )


@dataclass(frozen=True)
class History:
    """An account's cases: in the last four weeks, and in the `weeks` before them that can be known."""

    recent: int
    earlier: int
    weeks: float

    @property
    def expected(self) -> float:
        """What four weeks brought before."""
        return self.earlier / self.weeks * RECENT_WEEKS if self.weeks else 0.0

    @property
    def chance(self) -> float:
        """How often chance alone gives so many recent ones."""
        return binomial_tail(self.recent, self.recent + self.earlier, RECENT_WEEKS / (RECENT_WEEKS + self.weeks))

    @property
    def is_more_than_normal(self) -> bool:
        return self.weeks >= FEWEST_NORMAL_WEEKS and self.recent > TIMES * self.expected and self.chance < CHANCE


def reason_for_cases(history: History) -> str:
    """Why the number of cases worries; empty where it does not."""
    if not history.is_more_than_normal:
        return ""
    return _("%(recent)s cases in four weeks; %(expected)s would be normal (%(weeks)s weeks before). Chance gives that in fewer than 1 of 1,000 accounts.") % {
        "recent": number(history.recent),
        "expected": number(history.expected, 1),
        "weeks": round(history.weeks),
    }  # fmt: skip


def reason_for_ratings(dissatisfied: int, rated: int, of_all: float | None) -> str:
    """Why the ratings worry: the whole 95 % interval lies above the share of all accounts; empty where it does not."""
    if of_all is None or rated < FEWEST_RATINGS or dissatisfied <= of_all * rated:
        return ""
    interval = wilson(dissatisfied, rated)
    if interval is None or interval.low <= of_all:
        return ""
    return _("%(bad)s of %(rated)s ratings dissatisfied (%(low)s to %(high)s); of all accounts %(all)s.") % {
        "bad": number(dissatisfied), "rated": number(rated), "low": percent(interval.low), "high": percent(interval.high),
        "all": percent(of_all),
    }  # fmt: skip


def reason_for_open(oldest: date | None, on: date) -> str:
    """Why an open case worries; empty where none has been open for more than two weeks."""
    days = (on - oldest).days if oldest else 0
    if days <= OLD_DAYS:
        return ""
    return ngettext("A case has been open for %(n)s day.", "A case has been open for %(n)s days.", days) % {"n": days}
