"""One kind of file that a system exports: how it is recognised, and what its columns mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from coaching.interactions.importing.derived import plain

Signature = tuple[str | tuple[str, ...], ...]


@dataclass(frozen=True)
class Peek:
    """The beginning of a file: is it JSON, its first rows (of JSON: the names of the fields), and its last one."""

    json: bool
    rows: Sequence[tuple[int, Sequence[str]]]  # (line, cells)
    last: Sequence[str] = ()

    @property
    def header(self) -> Sequence[str]:
        return self.rows[0][1] if self.rows else ()


@dataclass(frozen=True)
class Variant:
    """An export as data.

    `mapping` is what a mapping file holds, but a column may be a list of names, of which the first in the
    file is meant. `signature` names the columns that must be there (of a tuple: any one); `looks`
    recognises a file whose names are translated; `names` are then ours, by place. A `refusal` says why it cannot be imported.
    """

    key: str
    system: str
    title: str | Promise
    mapping: dict[str, Any] = field(default_factory=dict)
    signature: Signature = ()
    json: bool = False
    looks: Callable[[Peek], bool] | None = None
    names: tuple[str, ...] = ()
    refusal: str | Promise = ""

    def header_line(self, peek: Peek) -> int | None:
        """How many lines stand above the header, where this is such a file; None where it is not."""
        if self.json != peek.json:
            return None
        if self.looks is not None and self.looks(peek):
            return peek.rows[0][0] - 1 if peek.rows else 0
        if self.signature:
            for line, cells in peek.rows:
                if self.fits(cells):
                    return line - 1
        return None

    def fits_names(self, header: Sequence[str]) -> bool:
        """Has the file our names, in whatever order?"""
        return {plain(name) for name in self.names[: len(header)]} <= {plain(name) for name in header}

    def fits(self, header: Sequence[str]) -> bool:
        names = {plain(name) for name in header}
        return all(
            any(plain(name) in names for name in ((wanted,) if isinstance(wanted, str) else wanted)) for wanted in self.signature
        )


def cased(values: dict[str, Any]) -> dict[str, Any]:
    """What cells mean, however they are written: "Phone call", "phone call", "PHONE CALL", "phone_call"."""
    forms = (str, str.lower, str.upper, str.capitalize, str.title, lambda text: text.lower().replace(" ", "_"))
    return {form(key): value for key, value in values.items() for form in forms}
