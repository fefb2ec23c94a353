"""A token with every scope, and a caller that posts JSON with it."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from coaching.feeds import services
from coaching.feeds.models import Scope


class Caller:
    """Calls the API as a program would: no cookies, one header."""

    def __init__(self, secret: str, after_commit) -> None:
        self.secret = secret
        self.after_commit = after_commit
        self.client = Client()

    def post(self, path, body, **extra):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        with self.after_commit(execute=True):  # as the worker does
            return self.client.post(f"/api/v1/{path}", data, content_type="application/json", headers=headers, **extra)

    def get(self, path):
        return self.client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {self.secret}"})


@pytest.fixture
def make_caller(cast, django_capture_on_commit_callbacks):
    def make(*scopes, source="", owner=None, expires_at=None):
        token, secret = services.create_token(
            actor=owner or cast.adam,
            name="Help desk",
            scopes=scopes or Scope.values,
            source_key=source,
            expires_at=expires_at,
            now=timezone.now(),
        )
        caller = Caller(secret, django_capture_on_commit_callbacks)
        caller.token = token
        return caller

    return make


@pytest.fixture
def caller(make_caller):
    return make_caller()


def case(external_id="1", **fields):
    return {"external_id": external_id, "opened_at": "2026-06-10T08:00:00Z", **fields}
