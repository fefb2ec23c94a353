"""Accounts ready for a screen: what they asked against what they are worth, who is at risk, who left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter

from django.db.models import Count, Min, QuerySet

from coaching.interactions.models import Account, Interaction
from coaching.metrics.accounts import days, risk
from coaching.metrics.accounts.models import AccountDay
from coaching.metrics.accounts.risk import History
from coaching.metrics.queries import Window, last_weeks
from foundation.statistics import Interval, wilson

WEEKS = 13
DAYS_OF_MONTH = 30.4375


@dataclass
class AccountRow:
    """One account over the last 13 weeks. `reasons` say why it is at risk, one sentence each."""

    account: Account
    cases: int = 0
    resolved: int = 0
    reopened: int = 0
    rated: int = 0
    dissatisfied: int = 0
    open: int = 0
    oldest_open: date | None = None
    history: History = field(default_factory=lambda: History(0, 0, 0.0))
    reasons: list[str] = field(default_factory=list)

    @property
    def per_month(self) -> float:
        """Cases per month of 30.4 days."""
        return self.cases / (WEEKS * 7) * DAYS_OF_MONTH

    @property
    def value_per_case(self) -> Decimal | None:
        """Yearly value ÷ cases a year at this pace; None where one of the two is not known."""
        if self.account.yearly_value is None or not self.cases:
            return None
        return self.account.yearly_value / Decimal(self.cases * 365 / (WEEKS * 7))

    @property
    def dissatisfied_share(self) -> float | None:
        return self.dissatisfied / self.rated if self.rated else None

    @property
    def dissatisfied_interval(self) -> Interval | None:
        return wilson(self.dissatisfied, self.rated)

    @property
    def reopened_share(self) -> float | None:
        return self.reopened / self.resolved if self.resolved else None

    @property
    def reopened_interval(self) -> Interval | None:
        return wilson(self.reopened, self.resolved)

    @property
    def shares(self) -> list[tuple[int, float | None, Interval | None]]:
        """(n, share, interval) of the dissatisfied and of the reopened, as the list shows them."""
        return [
            (self.rated, self.dissatisfied_share, self.dissatisfied_interval),
            (self.resolved, self.reopened_share, self.reopened_interval),
        ]


def summarise(accounts: Iterable[Account], on: date, named: Mapping[days.Key, date] | None = None) -> list[AccountRow]:
    """Every account with its counts and reasons, in the order given. The same few queries, however many accounts and cases.

    `named`: what `days.named_accounts` says, from who has asked already.
    """
    accounts = list(accounts)
    rows = {(account.source_id, account.external_key): AccountRow(account) for account in accounts}
    window, recent = last_weeks(WEEKS, on), last_weeks(risk.RECENT_WEEKS, on)
    normal = Window(recent.first - timedelta(weeks=risk.NORMAL_WEEKS), recent.first - timedelta(days=1))
    # Cases that count for nobody yet are in no day's counts; those still open are few, and asked of the accounts all the same.
    loose = list(days.open_for_nobody(on))
    asked = list(rows)
    in_window, lately, before = days.sums(asked, [window, recent, normal], loose)
    for row, of in zip(rows.values(), in_window, strict=True):
        row.cases, row.resolved, row.reopened, row.rated, row.dissatisfied = of
    waiting = Interaction.objects.exclude(account="").order_by().filter(resolved_on__isnull=True, status=Interaction.Status.OPEN)
    for source, key, n, oldest in waiting.values_list("source_id", "account").annotate(Count("pk"), Min("opened_on")):
        if (source, key) in rows:
            rows[source, key].open, rows[source, key].oldest_open = n, oldest
    named = days.named_accounts() if named is None else named
    begins = min(named.values(), default=None)  # the first day that any case with an account is known of
    for row, now, earlier in zip(rows.values(), lately, before, strict=True):
        row.history = History(now.cases, earlier.cases, _known_weeks(row.account, begins, normal.first, recent))
    _give_reasons(list(rows.values()), on)
    return list(rows.values())


def _known_weeks(account: Account, begins: date | None, normal: date, recent: Window) -> float:
    """Weeks before the recent ones in which this account could have written and we would know."""
    if begins is None:
        return 0.0
    start = max(normal, begins, account.since or begins)
    return max(0.0, (recent.first - start).days / 7)


def is_customer(account: Account, on: date) -> bool:
    return account.left_on is None or account.left_on > on


def _give_reasons(rows: Sequence[AccountRow], on: date) -> None:
    rated = sum(row.rated for row in rows)
    of_all = sum(row.dissatisfied for row in rows) / rated if rated else None
    for row in rows:
        if not is_customer(row.account, on):
            continue
        found = (
            risk.reason_for_cases(row.history),
            risk.reason_for_ratings(row.dissatisfied, row.rated, of_all),
            risk.reason_for_open(row.oldest_open, on),
        )
        row.reasons = [reason for reason in found if reason]


def by_value(rows: Iterable[AccountRow]) -> list[AccountRow]:
    """The largest yearly value first, unknown ones last; then by name."""
    named = sorted(rows, key=lambda row: str(row.account).casefold())
    return sorted(
        named, key=lambda row: row.account.yearly_value if row.account.yearly_value is not None else Decimal(-1), reverse=True
    )


def at_risk(rows: Iterable[AccountRow]) -> list[AccountRow]:
    return by_value(row for row in rows if row.reasons)


ORDERS = ("value", "cases", "dissatisfied", "value_per_case")


def ordered(rows: Iterable[AccountRow], order: str) -> list[AccountRow]:
    """The rows in one of `ORDERS`; ties by value, then name."""
    ranked = by_value(rows)
    match order:
        case "cases":
            return sorted(ranked, key=attrgetter("cases"), reverse=True)
        case "dissatisfied":
            return sorted(ranked, key=attrgetter("dissatisfied"), reverse=True)
        case "value_per_case":
            return sorted(ranked, key=lambda row: (row.value_per_case is None, row.value_per_case or Decimal(0)))
        case _:
            return ranked


# --- Turnover ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turnover:
    """Accounts that left ÷ accounts at the start, and the same by yearly value in one currency.

    `unknown` accounts are left out because nobody knows since when they are customers. The interval by value
    uses n_eff = (Σ value)² ÷ Σ value² (Kish 1965): a few large contracts say less than many small ones.
    """

    window: Window
    start: int
    left: int
    unknown: int
    currency: str
    value_start: Decimal
    value_left: Decimal
    n_effective: float
    other_currencies: int

    @property
    def rate(self) -> float | None:
        return self.left / self.start if self.start else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.left, self.start)

    @property
    def value_rate(self) -> float | None:
        return float(self.value_left / self.value_start) if self.value_start else None

    @property
    def value_interval(self) -> Interval | None:
        if self.value_rate is None:
            return None
        return wilson(self.value_rate * self.n_effective, self.n_effective)


def turnover(accounts: Iterable[Account], window: Window) -> Turnover:
    """Who was a customer the day before the window and left within it."""
    accounts = list(accounts)
    known = [account for account in accounts if account.since is not None]
    start = [
        account
        for account in known
        if account.since is not None
        and account.since < window.first
        and (account.left_on is None or account.left_on >= window.first)
    ]
    left = {account.pk for account in start if account.left_on is not None and account.left_on <= window.last}
    worth = [(account, account.yearly_value) for account in start if account.yearly_value]
    currencies = Counter(account.currency for account, _value in worth)
    currency = min(currencies, key=lambda code: (-currencies[code], code)) if currencies else ""
    values = [(account.pk, value) for account, value in worth if account.currency == currency]
    total = sum((value for _pk, value in values), Decimal(0))
    squares = sum((value * value for _pk, value in values), Decimal(0))
    return Turnover(
        window=window,
        start=len(start),
        left=len(left),
        unknown=len(accounts) - len(known),
        currency=currency,
        value_start=total,
        value_left=sum((value for pk, value in values if pk in left), Decimal(0)),
        n_effective=float(total * total / squares) if squares else 0.0,
        other_currencies=len(worth) - len(values),
    )


# --- One account ------------------------------------------------------------------------------------------


def _of(account: Account) -> QuerySet[Interaction]:
    # Said twice, since SQLite does not see that a key is not empty, and would not use the index that leaves those out.
    return Interaction.objects.filter(source=account.source_id, account=account.external_key).exclude(account="")


def cases_of(account: Account) -> QuerySet[Interaction]:
    """All its cases, newest first, with their ratings."""
    return _of(account).select_related("handler__person").prefetch_related("surveys").order_by("-opened_on", "-opened_at", "-pk")


def months_of(account: Account, on: date, months: int = 12) -> list[tuple[date, int]]:
    """(first day of the month, cases opened) for the last months, oldest first; none before the first day that is known of anybody.

    A month from which there are no cases of any account was not quiet: nothing was brought in.
    """
    starts = [date(on.year, on.month, 1)]
    firsts = (AccountDay.objects.aggregate(first=Min("day")), _of(account).aggregate(first=Min("opened_on")))
    known_from = min((found["first"] for found in firsts if found["first"]), default=on)
    while len(starts) < months and starts[0] > known_from:
        starts.insert(0, (starts[0] - timedelta(days=1)).replace(day=1))
    opened = _of(account).filter(opened_on__range=(starts[0], on))
    counts: Counter[date] = Counter()
    for day, n in opened.order_by().values_list("opened_on").annotate(Count("pk")):
        counts[day.replace(day=1)] += n
    return [(start, counts[start]) for start in starts]


def unknown_accounts(named: Iterable[days.Key]) -> int:
    """How many of the accounts that cases name nobody has imported."""
    known = set(Account.objects.values_list("source_id", "external_key"))
    return sum(key not in known for key in named)
