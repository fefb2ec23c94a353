"""Hiding whose conversation it is. Pure.

Names in headers are replaced for certain. Inside texts it is a best effort: the whole name and each of its parts as they are
written, or in capitals; in small letters only where a line holds nothing else, as under a chat message. Somebody called
"Will" or "Rose" would otherwise take ordinary words along. A nickname, an initial or a photo stays; the page says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

SHORTEST = 2  # letters of a part of a name


@lru_cache(maxsize=256)
def _patterns(names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    words = {name.strip() for name in names if name.strip()}
    parts = {part for name in words for part in re.split(r"[\s@.,]+", name) if len(part) >= SHORTEST and part[0].isupper()}
    patterns = []
    if words:
        whole = "|".join(re.escape(name) for name in sorted(words, key=len, reverse=True))
        patterns.append(re.compile(rf"(?<!\w)(?:{whole})(?!\w)", re.IGNORECASE))
    if parts:
        one = "|".join(re.escape(part) for part in sorted(parts | {part.upper() for part in parts}, key=len, reverse=True))
        patterns.append(re.compile(rf"(?<!\w)(?:{one})(?:\s+(?:{one}))*(?!\w)"))
        any_case = "|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True))
        patterns.append(re.compile(rf"^(?P<before>[^\w\n]*)(?:{any_case})(?=[^\w\n]*$)", re.IGNORECASE | re.MULTILINE))
    return tuple(patterns)


def mask(text: str, names: Iterable[str], instead: str) -> str:
    """The text with these names and their parts replaced. See the module for what is found and what is not."""
    for pattern in _patterns(tuple(names)):
        has_before = "before" in pattern.groupindex
        text = pattern.sub(lambda found, keep=has_before: (found["before"] if keep else "") + instead, text)  # type: ignore[misc]
    return text
