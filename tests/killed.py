"""At which of its statements a run has to be killed, where the question is what it leaves behind.

Two deaths leave the same where only SELECTs lie between them, so that one of them is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def only_reads(sql: str) -> bool:
    return sql.lstrip().upper().startswith("SELECT")


class Statements:
    """An execute wrapper that notes every statement."""

    def __init__(self) -> None:
        self.reads: list[bool] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.reads.append(only_reads(sql))
        return execute(sql, params, many, context)

    def to_die_before(self) -> list[int]:
        """Numbers from 0 of the statements before which something else is left than before the one ahead of them."""
        return [n for n in range(len(self.reads)) if n == 0 or not self.reads[n - 1]]
