"""The file of rejected rows: line, field, value, reason, remedy."""

import io
from collections.abc import Iterable

from foundation.row_problems import HEADER, Problem
from foundation.spreadsheets import SafeWriter


def error_file(problems: Iterable[Problem]) -> str:
    """As CSV text, safe to open in a spreadsheet program."""
    stream = io.StringIO(newline="")
    writer = SafeWriter(stream)
    writer.writerow(HEADER)
    for problem in problems:
        writer.writerow(problem.cells())
    return stream.getvalue()
