"""Why a package is refused: each fault by a name that stays, and a sentence that says what to do."""

from __future__ import annotations


class PackageRefused(Exception):
    """This file is no package we can play. `fault` is its name, for logs and tests; the message is for the editor."""

    def __init__(self, fault: str, message: str) -> None:
        super().__init__(message)
        self.fault = fault


class PackageError(Exception):
    """A wish about packages that cannot be met; the message says why and what to do."""


class CommitRefused(Exception):
    """The player sent what this launch may not store. `code` is an error code of the SCORM run-time."""

    def __init__(self, message: str, code: int = 101) -> None:
        super().__init__(message)
        self.code = code
