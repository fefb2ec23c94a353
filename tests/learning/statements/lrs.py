"""A small record store on a real port: it wants what xAPI 1.0.3 wants, keeps what it takes, and fails as it is told to."""

from __future__ import annotations

import base64
import json
import re
import threading
import uuid
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

DURATION = re.compile(r"P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?")
IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+")
ALLOWED = {"id", "actor", "verb", "object", "result", "context", "timestamp"}
CONTEXT = {"registration", "platform", "language", "revision", "extensions", "contextActivities"}


class Unfit(Exception):
    """Not a statement: what an LRS says with 400."""


def need(held: bool, what: str) -> None:
    if not held:
        raise Unfit(what)


def check(body: dict[str, Any]) -> None:
    """The rules of xAPI 1.0.3, part two, for the kinds of statement we send."""
    need(set(body) <= ALLOWED, f"unknown properties {set(body) - ALLOWED}")
    need(str(uuid.UUID(body["id"])) == body["id"], "id is no UUID")
    need("None" not in json.dumps(body) and "null" not in json.dumps(body), "a value is null")
    account = body["actor"]["account"]
    need(set(account) == {"homePage", "name"} and bool(IRI.fullmatch(account["homePage"])), "account")
    need(set(body["actor"]) == {"objectType", "account"}, "an agent is identified in one way only")
    need(bool(IRI.fullmatch(body["verb"]["id"])), "verb")
    moment = datetime.fromisoformat(body["timestamp"])
    need(moment.tzinfo is not None, "timestamp without a zone")
    if body["verb"]["id"].endswith("/voided"):
        need(body["object"]["objectType"] == "StatementRef", "only statements are voided")
        need(str(uuid.UUID(body["object"]["id"])) == body["object"]["id"], "StatementRef")
    else:
        check_activity(body["object"])
    check_result(body.get("result", {}))
    check_context(body.get("context", {}))


def check_activity(activity: dict[str, Any]) -> None:
    need(set(activity) <= {"objectType", "id", "definition"}, "activity")
    need(bool(IRI.fullmatch(activity["id"])), "activity id")
    need(bool(IRI.fullmatch(activity["definition"]["type"])), "activity type")
    need(all(re.fullmatch(r"[a-z]{2}(-[A-Za-z]+)*", language) for language in activity["definition"]["name"]), "language map")


def check_result(result: dict[str, Any]) -> None:
    need(set(result) <= {"score", "success", "completion", "duration"}, "result")
    score = result.get("score")
    if score:
        need(-1 <= score["scaled"] <= 1 and score["min"] <= score["raw"] <= score["max"], "score")
    for name in ("success", "completion"):
        need(isinstance(result.get(name, True), bool), name)
    if "duration" in result:
        need(bool(DURATION.fullmatch(result["duration"])), "duration")


def check_context(context: dict[str, Any]) -> None:
    need(set(context) <= CONTEXT, "context")
    if "registration" in context:
        uuid.UUID(context["registration"])
    need(isinstance(context.get("revision", ""), str), "revision")
    need(all(IRI.fullmatch(key) for key in context.get("extensions", {})), "extension without an IRI")
    for activities in context.get("contextActivities", {}).values():
        for activity in activities:
            check_activity(activity)


class Lrs:
    """`held`: what it took, by id. `calls`: each request as (method, number of statements). `verdict`: a status instead of its own."""

    user, password = "key", "s3cret"

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, int]] = []
        self.verdict: Callable[[list[dict[str, Any]]], tuple[int, str] | None] = lambda batch: None
        self.strict = False  # answers 409 also to the very statement it holds
        self.headers: dict[str, str] = {}
        store = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                batch = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                store.calls.append(("POST", len(batch)))
                self.answer(*store.take(self.path, self.headers, batch))

            def do_GET(self) -> None:
                store.calls.append(("GET", 0))
                wanted = parse_qs(urlsplit(self.path).query)["statementId"][0]
                found = store.held.get(wanted)
                self.answer(200, json.dumps(found)) if found else self.answer(404, "")

            def answer(self, status: int, text: str) -> None:
                body = text.encode()
                self.send_response(status)
                self.send_header("X-Experience-API-Version", "1.0.3")
                for name, value in store.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.host}/xapi"

    def take(self, path: str, headers: Any, batch: list[dict[str, Any]]) -> tuple[int, str]:
        """All or none, as the standard wants it."""
        told = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if headers["Authorization"] != f"Basic {told}":
            return 401, "Unauthorized"
        if path != "/xapi/statements":
            return 404, "Not Found"
        if headers["X-Experience-API-Version"] != "1.0.3" or headers["Content-Type"] != "application/json":
            return 400, "X-Experience-API-Version or Content-Type"
        verdict = self.verdict(batch)
        if verdict is not None:
            return verdict
        for body in batch:
            try:
                check(body)
            except (Unfit, KeyError, ValueError, TypeError) as unfit:
                return 400, f"{body.get('id')}: {unfit!r}"
            held = self.held.get(body["id"])
            if held is not None and (held != body or self.strict):
                return 409, "Conflict"
        self.held.update({body["id"]: body for body in batch})
        return 200, json.dumps([body["id"] for body in batch])

    def verbs(self) -> list[str]:
        return sorted(body["verb"]["id"].rsplit("/", 1)[1] for body in self.held.values())

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
