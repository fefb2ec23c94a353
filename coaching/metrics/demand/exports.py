"""The ranked list of cases as a file whose cells are safe to open in a spreadsheet."""

from django.utils.translation import gettext as _

from coaching.metrics.demand.case_list import RankedCases
from coaching.metrics.exports import csv_text

MOST = 10_000


def cases_csv(rows: RankedCases) -> str:
    """One row per ranked case, in the order of the list; times in UTC, durations in seconds. Names nobody of ours."""
    header = [
        _("System"), _("Case"), _("Subject"), _("Customer"), _("Account"), _("Channel"), _("Topic"), _("State"), _("Opened"),
        _("First reply after, s"), _("Resolved after, s"), _("Handling, s"), _("Replies"), _("Customer’s replies"), _("Reopened"),
    ]  # fmt: skip
    cells = (
        [
            case.source.key, case.external_id, case.masked_subject, case.customer, case.account, case.get_channel_display(), case.topic,
            case.get_status_display(), case.opened_at.strftime("%Y-%m-%d %H:%M:%S"), case.response, case.took,
            case.handle_seconds, case.replies, case.customer_replies, case.reopens,
        ]
        for case in rows[:MOST]
    )  # fmt: skip
    return csv_text(header, cells)
