"""What is wrong with a file or a row, said so that the reader can put it right."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

from foundation.row_problems import HEADER, Problem
from foundation.spreadsheets import SafeWriter

__all__ = ["ErrorsFile", "ImportInterrupted", "ImportRefused", "MappingError", "Notes", "Problem"]
SAMPLES_KEPT = 20


class ImportRefused(Exception):
    """The file cannot be read at all. The message says why and what to do; nothing was written."""


class MappingError(ImportRefused):
    """The mapping cannot be used: it contradicts itself, or the file does not have what it names."""


class ImportInterrupted(Exception):
    """Another run has taken this job over; this one stops without writing more."""


class ReaderEnded(Exception):
    """The process that read a large file is gone. What was written stays, and a rerun goes on from there."""


@dataclass
class Notes:
    """Warnings, counted by what they say, so that a million equal ones stay one line."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, text: str, times: int = 1) -> None:
        if times:
            self.counts[text] += times

    def once(self, text: str) -> None:
        self.counts[text] = max(1, self.counts[text])

    def total(self) -> int:
        return sum(self.counts.values())

    def lines(self) -> list[str]:
        return [f"{text} ({count:,}×)" if count > 1 else text for text, count in self.counts.items()]


class ErrorsFile:
    """The file of rejected rows. Written before the chunk it belongs to is committed.

    `size` is stored with the job in the chunk's transaction: a resumed run cuts the file back to
    it, so that no row is listed twice. Without a path the problems are only counted.
    """

    def __init__(self, path: Path | None, keep_bytes: int = 0) -> None:
        self.samples: list[Problem] = []
        self.path = path
        self._stream: IO[str] | None = None
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if keep_bytes and path.exists():
            os.truncate(path, keep_bytes)
            self._stream = path.open("a", encoding="utf-8", newline="")
        else:
            self._stream = path.open("w", encoding="utf-8-sig", newline="")
            SafeWriter(self._stream).writerow(HEADER)

    @property
    def size(self) -> int:
        if self._stream is None:
            return 0
        self._stream.flush()
        return os.fstat(self._stream.fileno()).st_size

    def write(self, problems: Iterable[Problem]) -> None:
        writer = SafeWriter(self._stream) if self._stream is not None else None
        for problem in problems:
            if len(self.samples) < SAMPLES_KEPT:
                self.samples.append(problem)
            if writer is not None:
                writer.writerow(problem.cells())

    def __enter__(self) -> ErrorsFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._stream is not None:
            self._stream.close()
