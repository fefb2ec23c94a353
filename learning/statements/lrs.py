"""Speaking to a learning record store: xAPI 1.0.3 over the guarded client. No redirect is followed: the password goes nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx2

from foundation.outgoing import guarded_client

VERSION = "1.0.3"
SECONDS = 20.0
MOST_OF_AN_ANSWER = 600
MakeClient = Callable[..., httpx2.Client]


@dataclass(frozen=True)
class Answer:
    """What the store said: its status, its words cut short, and after how many seconds it wants to be asked again."""

    status: int
    text: str
    retry_after: int | None = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return f"{self.status} {self.text}".strip()


class Lrs:
    """One conversation with a store; a context manager, for one thread. Raises httpx2.HTTPError where there is no answer."""

    def __init__(self, endpoint: str, user_name: str, password: str, make_client: MakeClient = guarded_client) -> None:
        self._url = f"{endpoint.rstrip('/')}/statements"
        self._auth = httpx2.BasicAuth(user_name, password)
        headers = {"X-Experience-API-Version": VERSION, "Accept": "application/json"}
        self._client = make_client(headers=headers, follow_redirects=False, total_seconds=SECONDS)

    def __enter__(self) -> Lrs:
        self._client.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._client.__exit__(kind, value, trace)

    def post(self, statements: list[dict[str, Any]]) -> Answer:
        """Hand in statements; the store takes all of them or none."""
        body = json.dumps(statements, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        return _answer(self._client.post(self._url, content=body, headers=headers, auth=self._auth))

    def find(self, number: str) -> dict[str, Any] | None:
        """The statement the store holds under this id; None where it shows none."""
        response = self._client.get(self._url, params={"statementId": number}, auth=self._auth)
        if response.status_code != 200:
            return None
        try:
            found = response.json()
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


def _answer(response: httpx2.Response) -> Answer:
    words = " ".join(response.text.split())[:MOST_OF_AN_ANSWER]
    after = response.headers.get("retry-after", "")
    return Answer(response.status_code, words, int(after) if after.isdigit() else None)
