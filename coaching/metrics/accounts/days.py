"""What accounts asked for over some days, added up from `AccountDay`; and the little that is read of the cases themselves."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from django.db import connection
from django.db.models import Q

from coaching.interactions.models import Handler, Interaction, Source
from coaching.metrics.accounts.models import AccountDay
from coaching.metrics.packing import ACCOUNTS, COUNTED, account_key, unpacked
from coaching.metrics.queries import Window
from coaching.metrics.rows import as_date

Key = tuple[int, str]  # source id, external key


class Sum(NamedTuple):
    """Cases opened in the days, of those resolved and reopened ones; ratings given in the days."""

    cases: int
    resolved: int
    reopened: int
    rated: int
    dissatisfied: int


def sums(accounts: Sequence[Key], windows: Sequence[Window], loose: Sequence[tuple[Key, date]] = ()) -> list[list[Sum]]:
    """For each window the sums of each of these accounts over its days. `loose`: cases to add that no day counts. One query."""
    if not accounts or not windows:
        return [[] for _window in windows]
    whole = Window(min(window.first for window in windows), max(window.last for window in windows))
    rows = list(AccountDay.objects.filter(day__range=(whole.first, whole.last)).order_by("day").values_list("day", "counts"))
    found = unpacked((counts for _day, counts in rows), ACCOUNTS)
    ends = np.cumsum([0, *(len(counts) // ACCOUNTS.itemsize for _day, counts in rows)])
    asked, order = np.unique(np.array([account_key(*key) for key in accounts], dtype=np.int64), return_inverse=True)
    place = np.minimum(np.searchsorted(asked, found["account"]), len(asked) - 1)
    # What nobody asked about is counted in a place of its own.
    place = np.where(asked[place] == found["account"], place, len(asked))
    days = [day for day, _counts in rows]
    told = []
    for window in windows:
        part = slice(ends[bisect_left(days, window.first)], ends[bisect_right(days, window.last)])
        counted = [np.bincount(place[part], weights=found[name][part], minlength=len(asked) + 1)[order] for name in COUNTED]
        more = Counter(key for key, day in loose if window.first <= day <= window.last)
        table = np.array(counted, dtype=np.int64).T.tolist()
        told.append([Sum(cases + more[key], *rest) for key, (cases, *rest) in zip(accounts, table, strict=True)])
    return told


def open_for_nobody(on: date) -> Iterator[tuple[Key, date]]:
    """(account, day opened) of the cases not resolved yet that count for nobody: not taken, or by people not matched. By index."""
    nobody = Q(handler=None) | Q(handler__in=Handler.objects.filter(person=None, ignored=False).values("pk"))
    cases = Interaction.objects.filter(nobody, resolved_on__isnull=True, opened_on__lte=on).exclude(account="").order_by()
    for source, account, day in cases.values_list("source_id", "account", "opened_on"):
        yield (source, account), day


def named_accounts() -> dict[Key, date]:
    """Every account that a case names, and the day of its first one.

    Goes through the index from account to account and not from case to case: SQL has no word for that but a recursion.
    """
    cases = f"FROM {Interaction._meta.db_table} i WHERE NOT (i.account = '')"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH RECURSIVE named(source_id, account) AS (
                SELECT s.id, (SELECT MIN(i.account) {cases} AND i.source_id = s.id) FROM {Source._meta.db_table} s
                UNION ALL
                SELECT n.source_id, (SELECT MIN(i.account) {cases} AND i.source_id = n.source_id AND i.account > n.account)
                FROM named n WHERE n.account IS NOT NULL)
            SELECT n.source_id, n.account,
                (SELECT MIN(i.opened_on) {cases} AND i.source_id = n.source_id AND i.account = n.account)
            FROM named n WHERE n.account IS NOT NULL"""
        )
        return {(source, account): as_date(day) for source, account, day in cursor.fetchall()}
