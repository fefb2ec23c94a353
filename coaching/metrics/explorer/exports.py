"""An answer as CSV or XLSX: every number with its n and interval, the definition beside it, every cell safe to open."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError

from coaching.metrics.explorer.answers import Answer, Row
from coaching.metrics.exports import csv_text
from coaching.metrics.figures import Figure
from coaching.metrics.queries import Window
from foundation.spreadsheets import safe_cell


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _line(answer: Answer, row: Row, window: Window, shown: Figure, *, is_whole: bool) -> list[object]:
    adjusted = row.adjusted.adjusted if is_whole and row.adjusted and shown.is_enough else None
    cells: list[object] = [
        row.label, window.first, window.last, _("whole time") if is_whole else answer.question.per.label,
        shown.numerator, shown.denominator, _rounded(shown.value), _rounded(shown.low), _rounded(shown.high),
    ]  # fmt: skip
    if answer.question.with_mix:
        cells.append(_rounded(adjusted))
    if answer.before is not None:
        earlier = row.before if is_whole else None
        cells += [_rounded(earlier.value), earlier.n] if earlier else [None, None]
    return [*cells, "" if shown.is_enough else _("not enough data")]


def header(answer: Answer) -> list[str]:
    titles = [
        answer.question.by.label, _("From"), _("To"), _("Period"),
        _("Numerator"), _("n"), _("Value"), _("Interval from"), _("Interval to"),
    ]  # fmt: skip
    if answer.question.with_mix:
        titles.append(_("Value with everybody’s mix"))
    if answer.before is not None:
        titles += [_("Value in the other period"), _("n in the other period")]
    return [str(title) for title in [*titles, _("Note")]]


def rows(answer: Answer) -> Iterator[list[object]]:
    """The whole time and each period of every line; shares from 0 to 1, times in seconds."""
    for row in answer.lines:
        yield _line(answer, row, answer.question.days, row.whole.figure, is_whole=True)
        for cell, period in zip(row.cells, answer.periods, strict=True):
            yield _line(answer, row, period.window, cell.figure, is_whole=False)


def definition_rows(answer: Answer) -> list[list[object]]:
    """What the numbers mean, in words, and what was asked."""
    question, definition = answer.question, answer.question.definition
    asked = [f"{name}: {value or '–'}" for name, value in question.filters.chosen().items()]
    if question.team is not None:
        asked.append(f"{_('Team')}: {question.team.name}")
    told = [
        (_("Metric"), definition.name), (_("Version of the definition"), definition.version), (_("Formula"), definition.formula),
        (_("Part"), definition.numerator_words), (_("Whole"), definition.denominator_words),
        (_("Counts for"), definition.attribution_words), (_("Unit"), definition.get_unit_display()),
        (_("Direction"), definition.get_direction_display()), (_("Interval"), definition.get_interval_method_display()),
        (_("Shown from n"), definition.minimum_to_show), (_("Days from"), question.days.first), (_("Days to"), question.days.last),
        (_("Only"), "; ".join(asked) or _("all cases")),
        (_("Case mix"), _("adjusted: floor + observed − expected by topic and channel") if question.with_mix else _("as counted")),
    ]  # fmt: skip
    return [[str(name), value] for name, value in told]


def as_csv(answer: Answer) -> str:
    """With a byte-order mark; the definition's name and version stand in every row."""
    definition = answer.question.definition
    head = [_("Metric"), _("Version of the definition"), *header(answer)]
    return csv_text(head, ([definition.name, definition.version, *row] for row in rows(answer)))


def _cell(sheet: Any, value: object) -> Any:
    """A cell that is never a formula: text stays text, whatever it begins with."""
    value = safe_cell(value)
    try:
        cell = WriteOnlyCell(sheet, value=value)
    except IllegalCharacterError:
        cell = WriteOnlyCell(sheet, value="".join(c for c in str(value) if c.isprintable()))
    if cell.data_type == "f":
        cell.data_type = "s"
    return cell


def as_xlsx(answer: Answer) -> bytes:
    """Figures on the first sheet, their definition on the second."""
    book = Workbook(write_only=True)
    figures = book.create_sheet(_("Figures"))
    figures.append([_cell(figures, title) for title in header(answer)])
    for row in rows(answer):
        figures.append([_cell(figures, value) for value in row])
    words = book.create_sheet(_("Definitions"))
    for row in definition_rows(answer):
        words.append([_cell(words, value) for value in row])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
