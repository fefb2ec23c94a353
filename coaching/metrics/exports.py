"""Figures as a CSV file whose cells are safe to open in a spreadsheet."""

from collections.abc import Iterable, Sequence
from io import StringIO

from django.utils.translation import gettext as _

from coaching.metrics.figures import Figure
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Week
from foundation.spreadsheets import SafeWriter


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated, with a byte-order mark so that spreadsheets read UTF-8."""
    buffer = StringIO()
    writer = SafeWriter(buffer)
    writer.writerow(header)
    writer.writerows(rows)
    return "\ufeff" + buffer.getvalue()


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def weekly_csv(person_name: str, series: dict[str, list[Week]]) -> str:
    """One row per metric and week: counts, value, interval; shares from 0 to 1, times in seconds."""

    def row(definition: MetricDefinition, week: Week, shown: Figure) -> list[object]:
        return [
            person_name, definition.name, definition.version, definition.get_unit_display(),
            week.window.first.isoformat(), week.window.last.isoformat(),
            shown.numerator, shown.denominator, _rounded(shown.value), _rounded(shown.low), _rounded(shown.high),
            "" if shown.is_enough else _("not enough data"),
        ]  # fmt: skip

    header = [
        _("Person"), _("Metric"), _("Version of the definition"), _("Unit"), _("Week from"), _("Week to"),
        _("Numerator"), _("n"), _("Value"), _("Interval from"), _("Interval to"), _("Note"),
    ]  # fmt: skip
    rows = [row(week.figure.definition, week, week.figure) for weeks in series.values() for week in weeks]
    return csv_text(header, rows)
