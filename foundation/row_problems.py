"""One row of a file that an import leaves out: where it stands, what is wrong, and what to do.

Every file of rejected rows has these columns, whatever was imported.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

HEADER = ["line", "field", "value", "reason", "remedy"]
VALUE_SHOWN = 120


@dataclass(frozen=True)
class Problem:
    """One reason why one row was left out."""

    line: int
    field: str
    value: str
    reason: str
    remedy: str

    def cells(self) -> list[object]:
        """As they stand under HEADER; a long value is cut."""
        shown = self.value if len(self.value) <= VALUE_SHOWN else self.value[:VALUE_SHOWN] + "…"
        return [self.line, self.field, shown, self.reason, self.remedy]

    def __str__(self) -> str:
        _line, field_name, shown, reason, remedy = self.cells()
        return _("Line %(line)s, %(field)s “%(value)s”: %(reason)s %(remedy)s") % {
            "line": self.line,
            "field": field_name,
            "value": shown,
            "reason": reason,
            "remedy": remedy,
        }
