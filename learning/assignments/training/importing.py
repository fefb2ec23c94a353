"""A list of past trainings from a CSV or XLSX file: which columns there are, and what their cells mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from foundation.row_problems import Problem
from people.importing import Table, read_day, read_table

COLUMNS: dict[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "mail", "email address", "e-mail address", "work email", "login", "username"),
    "title": ("training", "title", "course", "course name", "course title", "name of training", "subject"),
    "completed_on": ("completed on", "completed", "completion date", "date", "date completed", "finished on", "end date"),
    "provider": ("provider", "where", "organiser", "organizer", "vendor", "trainer"),
    "minutes": ("minutes", "duration in minutes", "min"),
    "hours": ("hours", "duration in hours", "h", "credit hours"),
    "reference": ("reference", "certificate", "certificate number", "number", "certificate no"),
    "module": ("module", "counts as", "equivalent module"),
}
NUMBER = re.compile(r"(\d{1,6})(?:[.,](\d{1,4}))?")
MOST_MINUTES = 60 * 10_000


@dataclass(frozen=True)
class TrainingRow:
    """One training as the file describes it. Empty or 0: the file does not say."""

    line: int
    email: str
    title: str
    completed_on: date
    provider: str
    minutes: int
    reference: str
    module: str


def read_training_table(data: bytes) -> Table:
    """The table in the file. Raises UnreadableFile where there is none, or a column that is needed is missing."""
    return read_table(data, columns=COLUMNS, required=("email", "title", "completed_on"))


class _Bad(Exception):
    def __init__(self, name: str, value: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.field, self.value, self.reason, self.remedy = name, value, reason, remedy


def parse_rows(table: Table, today: date) -> tuple[list[TrainingRow], list[Problem]]:
    """Rows that make sense in themselves, and the others with what is wrong with them."""
    rows, problems = [], list(table.problems)
    lines = [int(str(line)) for line in table.frame.index]
    for line, record in zip(lines, table.frame.to_dict(orient="records"), strict=True):
        try:
            row = _parse(line, {str(name): str(value) for name, value in record.items()}, today)
        except _Bad as bad:
            problems.append(Problem(line, bad.field, bad.value[:200], bad.reason, bad.remedy))
            continue
        rows.append(row)
    return rows, problems


def _parse(line: int, cells: dict[str, str], today: date) -> TrainingRow:
    email = cells["email"].lower()
    try:
        validate_email(email)
    except ValidationError:
        raise _Bad("email", email, _("This is not an e-mail address."), _("Write it like name@example.com.")) from None
    title = _limited("title", cells["title"], 255)
    if not title:
        raise _Bad("title", "", _("The training has no name."), _("Fill in what was learnt."))
    try:
        day = read_day(cells["completed_on"])
    except ValueError as error:
        raise _Bad(
            "completed_on", cells["completed_on"], str(error), _("Write it as YYYY-MM-DD, for example 2026-03-31.")
        ) from None
    if day is None:
        raise _Bad("completed_on", "", _("There is no day."), _("Fill in the day on which it was completed."))
    if day > today:
        raise _Bad("completed_on", cells["completed_on"], _("This day has not come yet."), _("Import it once it is completed."))
    return TrainingRow(
        line=line,
        email=email,
        title=title,
        completed_on=day,
        provider=_limited("provider", cells["provider"], 120),
        minutes=_minutes("minutes", cells["minutes"], 1) or _minutes("hours", cells["hours"], 60),
        reference=_limited("reference", cells["reference"], 120),
        module=cells["module"],
    )


def _limited(name: str, value: str, longest: int) -> str:
    if len(value) > longest:
        raise _Bad(name, value, _("Longer than %(n)s characters.") % {"n": longest}, _("Shorten it."))
    return value


def _minutes(name: str, value: str, worth: int) -> int:
    if not value:
        return 0
    found = NUMBER.fullmatch(value)
    minutes = round(float(value.replace(",", ".")) * worth) if found else -1
    if not 0 <= minutes <= MOST_MINUTES:
        raise _Bad(name, value, _("This is no duration."), _("Write a plain number, such as 90 minutes or 1.5 hours."))
    return minutes
