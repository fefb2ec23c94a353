"""Where an uploaded list waits between preview and import. Never under a public address; gone after a day.

Each upload is a folder named by a random token: `source` (the file), `upload.json` (whose it is) and,
once imported, `result.json`.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from people.models import Person

KEPT = timedelta(hours=24)
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def _root() -> Path:
    return Path(settings.IMPORT_ROOT) / "people"


def keep_upload(*, person: Person, upload: UploadedFile, invite: bool, now: datetime) -> str:
    """Store the file; returns its token. Sweeps away uploads older than a day."""
    sweep(now)
    token = secrets.token_urlsafe(16)
    folder = _root() / token
    folder.mkdir(parents=True)
    with (folder / "source").open("wb") as target:
        for chunk in upload.chunks():
            target.write(chunk)
    about = {"person": person.pk, "name": upload.name, "invite": invite, "at": now.isoformat()}
    (folder / "upload.json").write_text(json.dumps(about), encoding="utf-8")
    return token


def find_upload(person: Person, token: str) -> Upload | None:
    """This person's own upload; None for anybody else's, or one that is gone."""
    folder = _root() / token
    if not TOKEN.fullmatch(token) or not (folder / "upload.json").is_file():
        return None
    about = json.loads((folder / "upload.json").read_text(encoding="utf-8"))
    return Upload(folder, about) if about["person"] == person.pk else None


def sweep(now: datetime) -> None:
    """Remove what is older than a day."""
    for about in _root().glob("*/upload.json"):
        if now - datetime.fromisoformat(json.loads(about.read_text(encoding="utf-8"))["at"]) > KEPT:
            shutil.rmtree(about.parent, ignore_errors=True)


class Upload:
    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self.folder, self.name, self.invite = folder, str(about["name"]), bool(about["invite"])

    def data(self) -> bytes:
        return (self.folder / "source").read_bytes()

    def result(self) -> dict[str, Any] | None:
        """What the import reported; None before it has run."""
        path = self.folder / "result.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def keep_result(self, result: dict[str, Any]) -> None:
        (self.folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
