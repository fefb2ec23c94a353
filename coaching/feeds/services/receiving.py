"""What a token brings in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coaching.feeds.intake import Received, receive
from coaching.feeds.models import ApiToken
from coaching.feeds.tallies import tally_token


def receive_by_token(
    *, token: ApiToken, kind: str, source_key: str, rows: list[Any], survey: Mapping[str, Any] | None = None, now: datetime
) -> Received:
    """Store the good rows of a batch that was posted with a token. Raises BatchRefused as `receive` does."""

    def tally(received: Received) -> None:
        tally_token(token=token, kind=kind, received=received, now=now)

    return receive(kind=kind, source_key=source_key, rows=rows, survey=survey, now=now, in_transaction=tally)
