"""The file of rejected rows: line, field, value, reason, remedy."""

import io
from collections.abc import Iterable

from foundation.spreadsheets import SafeWriter
from people.importing import Problem

HEADER = ["line", "field", "value", "reason", "remedy"]


def error_file(problems: Iterable[Problem]) -> str:
    """As CSV text, safe to open in a spreadsheet program."""
    stream = io.StringIO(newline="")
    writer = SafeWriter(stream)
    writer.writerow(HEADER)
    for problem in problems:
        writer.writerow([problem.line, problem.field, problem.value, problem.reason, problem.remedy])
    return stream.getvalue()
