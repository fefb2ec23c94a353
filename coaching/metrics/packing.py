"""Columns of numbers kept as bytes: a day's customers, hardest cases and accounts, each read as one array. Pure functions.

A row per day and not per case: a page of 13 weeks reads 91 of them, however many cases there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
import pandas as pd

KEPT = 500  # cases of one day kept in each order
KEYS = np.dtype("<i8")
# value: what is ranked by; second: what decides between equals, before the key.
RANKED = np.dtype([("value", "<i8"), ("second", "<i8"), ("case", "<i8")])
ACCOUNTS = np.dtype(
    [
        ("account", "<i8"),
        ("cases", "<i4"),
        ("resolved", "<i4"),
        ("reopened", "<i4"),
        ("rated", "<i4"),
        ("dissatisfied", "<i4"),
    ]
)
COUNTED = ("cases", "resolved", "reopened", "rated", "dissatisfied")


def key_of(text: str) -> int:
    """The 64 bits that stand for a name. Of ten million names two share theirs with a chance of 3 in a million."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True)


def account_key(source_id: int, external_key: str) -> int:
    """The 64 bits that stand for an account of a source."""
    return key_of(f"{source_id}\x00{external_key}")


def keys_of(names: np.ndarray) -> np.ndarray:
    """`key_of` each; of a name that comes often it is worked out once."""
    codes, unique = pd.factorize(names)
    return np.fromiter((key_of(name) for name in unique), dtype=KEYS, count=len(unique))[codes]


def unpacked(parts: Iterable[bytes | memoryview], dtype: np.dtype) -> np.ndarray:
    """The arrays of several rows as one."""
    return np.frombuffer(b"".join(parts), dtype=dtype)
