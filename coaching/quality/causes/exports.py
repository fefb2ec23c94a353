"""The table of root causes as CSV whose cells are safe to open in a spreadsheet. Shares are 0 to 1."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from coaching.quality.causes.queries import Causes
from coaching.quality.scores.exports import csv_text


def causes_csv(found: Causes, since: date, until: date) -> str:
    """One row per cause, those above before those below."""
    header = [
        _("From"), _("To"), _("Criterion"), _("Key"), _("Critical"), _("Root cause"), _("Key of the cause"), _("Level"), _("Answers"),
        _("Reviews"), _("Share of conversations drawn by lot"), _("Interval from"), _("Interval to"), _("Seen in"), _("n"),
    ]  # fmt: skip
    rows = []
    for criterion in found.criteria:
        for cause in criterion.causes:
            share = cause.share
            figures: list[object] = [None, None, None, None, 0]
            if share is not None:
                figures = [*(round(one, 4) for one in (share.rate, share.interval.low, share.interval.high)), share.part, share.n]
            rows.append([
                since.isoformat(), until.isoformat(), criterion.label, criterion.key, _("yes") if criterion.is_critical else _("no"),
                " / ".join(cause.path), cause.key, cause.level, cause.answers, cause.reviews, *figures,
            ])  # fmt: skip
    return csv_text(header, rows)
