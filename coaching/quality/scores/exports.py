"""The tables of the pages as CSV whose cells are safe to open in a spreadsheet. Shares are 0 to 1, scores of 100."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO

from django.utils.translation import gettext as _

from coaching.quality.scores.arithmetic import Share
from coaching.quality.scores.predicting import REOPENED, SATISFIED, Outcome, Predictions
from coaching.quality.scores.queries import PersonScore
from coaching.quality.scores.teams import TeamMonth, TeamRow
from coaching.quality.scores.words import outcome_in_words
from foundation.spreadsheets import SafeWriter
from foundation.statistics import Interval


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated, with a byte-order mark so that spreadsheets read UTF-8."""
    buffer = StringIO()
    writer = SafeWriter(buffer)
    writer.writerow(header)
    writer.writerows(rows)
    return "\ufeff" + buffer.getvalue()


def _rounded(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(value, digits)


def _ends(interval: Interval | None, digits: int = 2) -> list[float | None]:
    return [None, None] if interval is None else [round(interval.low, digits), round(interval.high, digits)]


def _share(found: Share | None) -> list[object]:
    if found is None:
        return [None, None, None, 0]
    return [_rounded(found.rate, 4), *_ends(found.interval, 4), found.n]


def people_csv(scores: Sequence[PersonScore], since: date, until: date) -> str:
    """One row per person, by name."""
    header = [
        _("Person"), _("From"), _("To"), _("n"), _("Score of their reviews"), _("Interval from"), _("Interval to"),
        _("Score with what is borrowed"), _("Interval from"), _("Interval to"), _("Borrowed"),
        _("Critical errors"), _("Interval from"), _("Interval to"), _("n"), _("Share it does not speak for"), _("Note"),
    ]  # fmt: skip
    rows = [
        [
            str(score.person), since.isoformat(), until.isoformat(), score.n,
            *([_rounded(score.own.mean), *_ends(score.own.interval)] if score.enough and score.own else [None, None, None]),
            *(
                [_rounded(score.shrunk.mean), *_ends(score.shrunk.interval), _rounded(score.shrunk.borrowed)]
                if score.enough and score.shrunk
                else [None, None, None, None]
            ),
            *_share(score.critical), _rounded(score.unspoken.share, 4) if score.unspoken else None, "" if score.enough else _("not enough reviews yet"),
        ]
        for score in scores
    ]  # fmt: skip
    return csv_text(header, rows)


def _month_header() -> list[str]:
    return [
        _("Month"), _("People reviewed"), _("People"), _("n"), _("Score"), _("Interval from"), _("Interval to"),
        _("Critical errors"), _("Interval from"), _("Interval to"), _("n"), _("Note"),
    ]  # fmt: skip


def _month(month: TeamMonth) -> list[object]:
    known = month.estimate
    return [
        month.month.strftime("%Y-%m"), month.reviewed, month.people, month.n,
        *([_rounded(known.mean), *_ends(known.interval)] if known else [None, None, None]),
        *_share(month.critical), "" if known else _("not enough reviews yet"),
    ]  # fmt: skip


def team_csv(name: str, months: Sequence[TeamMonth]) -> str:
    return csv_text([_("Team"), *_month_header()], [[name, *_month(month)] for month in months])


def teams_csv(rows: Sequence[TeamRow]) -> str:
    return csv_text(
        [_("Team"), *_month_header()],
        [[row.team.name if row.team else _("Whole company"), *_month(row.month)] for row in rows],
    )


def criteria_csv(found: Predictions) -> str:
    def outcome(one: Outcome, kind: str) -> list[object]:
        known = one.difference
        return [
            *_share(one.met), *_share(one.missing),
            *([_rounded(known.difference, 4), *_ends(known.interval, 4), *_ends(known.wide, 4)] if known else [None] * 5),
            outcome_in_words(one, kind, found.compared),
        ]  # fmt: skip

    columns = [
        _("rate where met"), _("from"), _("to"), _("n"), _("rate where missing"), _("from"), _("to"), _("n"),
        _("difference"), _("from"), _("to"), _("from, all comparisons"), _("to, all comparisons"), _("in words"),
    ]  # fmt: skip
    header = [_("Criterion"), _("Key"), _("Standard")]
    for name in (_("Satisfied"), _("Reopened")):
        header += [f"{name}: {column}" for column in columns]
    rows = [
        [row.label, row.key, row.standard.title if row.standard else "", *outcome(row.satisfied, SATISFIED), *outcome(row.reopened, REOPENED)]
        for row in found.rows
    ]  # fmt: skip
    return csv_text(header, rows)
