"""Helpdesks of our own on 127.0.0.1, serving the documented shapes with invented data, and misbehaving when told to."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

START = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
GOOD_TOKEN = "canary-secret-5f1d"


class Clock:
    """Time that passes only by sleeping, and by a hundredth of a second for each look."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now
        self.slept: list[float] = []
        self.lock = threading.Lock()

    def __call__(self) -> datetime:
        with self.lock:
            self.now += timedelta(milliseconds=10)
            return self.now

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.slept.append(seconds)
            self.now += timedelta(seconds=seconds)


@dataclass
class Reply:
    """An answer. `raw` is sent as it is, in place of the payload."""

    payload: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    delay: float = 0.0
    length: int | None = None  # announced, whatever is sent


Fault = Callable[[Reply], Reply]


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


class FakeHelpdesk:
    """Subclasses answer in `serve`. Faults are used up one a request; None lets a request through."""

    token = GOOD_TOKEN

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.requests: list[Request] = []
        self.faults: deque[Fault | None] = deque()
        self.always: Fault | None = None
        self.skew = timedelta(0)
        self.url = ""
        self.on_request: Callable[[Request], None] = lambda request: None

    def serve(self, request: Request) -> Reply:
        raise NotImplementedError

    def signed_in(self, request: Request) -> bool:
        raise NotImplementedError

    def handle(self, request: Request) -> Reply:
        self.requests.append(request)
        self.on_request(request)
        if not self.signed_in(request):
            return Reply({"error": "Unauthorized"}, status=401)
        reply = self.serve(request)
        fault = self.faults.popleft() if self.faults else self.always
        return fault(reply) if fault else reply

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    @contextmanager
    def running(self) -> Iterator[FakeHelpdesk]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                parts = urlsplit(self.path)
                headers = {key.lower(): value for key, value in self.headers.items()}
                reply = fake.handle(Request(self.command, parts.path, dict(parse_qsl(parts.query)), body, headers))
                if reply.delay:
                    time.sleep(reply.delay)
                data = reply.raw if reply.raw is not None else json.dumps(reply.payload).encode()
                self.send_response_only(reply.status)
                given = {"Content-Type": "application/json", "Date": format_datetime(fake.clock.now + fake.skew, usegmt=True)}
                for key, value in {**given, **reply.headers}.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(reply.length if reply.length is not None else len(data)))
                self.end_headers()
                try:
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                if reply.length is not None and reply.length != len(data):
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: what is asked stands in `requests`."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


# --- Faults -------------------------------------------------------------------------------
def status(code: int, **headers: str) -> Fault:
    return lambda reply: Reply({"error": "invented"}, status=code, headers={k.replace("_", "-"): v for k, v in headers.items()})


def cut(reply: Reply) -> Reply:
    """The JSON ends in its middle, as if that were all."""
    data = json.dumps(reply.payload).encode()
    return Reply(raw=data[: max(1, len(data) // 2)])


def hung_up(reply: Reply) -> Reply:
    """More is announced than comes."""
    data = json.dumps(reply.payload).encode()
    return Reply(raw=data[: len(data) // 2], length=len(data))


def slow(reply: Reply) -> Reply:
    return Reply(reply.payload, delay=1.0)


def instead(payload: Any) -> Fault:
    return lambda reply: Reply(payload)


def html(reply: Reply) -> Reply:
    return Reply(raw=b"<html>Please sign in</html>", headers={"Content-Type": "text/html"})


def redirect(target: str) -> Fault:
    return lambda reply: Reply({}, status=302, headers={"Location": target})


def huge(reply: Reply) -> Reply:
    return Reply(raw=b'{"filler": "' + b"x" * (6 * 1024 * 1024) + b'"}')


def damaged(reply: Reply) -> Reply:
    return Reply(raw=b"\xff\xfe\x00not json at all")


def not_a_number(reply: Reply) -> Reply:
    return Reply(raw=b'{"tickets": [NaN], "end_of_stream": true}')


def deep(reply: Reply) -> Reply:
    return Reply(raw=b"[" * 100_000 + b"]" * 100_000)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def basic(request: Request) -> str:
    kind, _space, value = request.headers.get("authorization", "").partition(" ")
    return b64decode(value).decode() if kind == "Basic" else ""
