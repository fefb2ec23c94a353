"""A reading process that dies while it hands something over: the import says so, whatever lay in the pipe by then."""

from __future__ import annotations

import multiprocessing
import os
import struct

import pytest

from coaching.interactions.importing.ahead import _received
from coaching.interactions.importing.problems import Notes, ReaderEnded


@pytest.mark.parametrize(
    "left", [b"", struct.pack("!i", 5_000) + b"half of an item"], ids=["between two", "in the middle of one"]
)
def test_a_reader_that_died_is_named(left: bytes) -> None:
    receiving, sending = multiprocessing.Pipe(duplex=False)
    os.write(sending.fileno(), left)
    sending.close()
    child = multiprocessing.get_context("spawn").Process(target=abs, args=(1,))
    child.start()
    with pytest.raises(ReaderEnded, match="Start the import again"):
        next(_received(child, receiving, Notes()))
