"""The migrated test database of SQLite, kept between runs: applying every migration takes most of a minute.

What is kept is named after everything that decides what migrations make: the migration files, the lock file and the
settings. Whoever changes one of them gets a database made anew. PostgreSQL's is always made anew.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.sqlite3.creation import DatabaseCreation

ROOT = Path(__file__).resolve().parent.parent


def fingerprint() -> str:
    """Of all that migrations read: another one, another database."""
    digest = hashlib.sha256(sqlite3.sqlite_version.encode())
    rooms = [ROOT / name for name in ("cms", "coaching", "config", "foundation", "learning", "operations", "people")]
    files = [path for room in rooms for path in room.rglob("*.py")]
    read = [path for path in files if {"migrations", "models", "models.py"} & set(path.parts) or path.parent.name == "config"]
    for path in sorted([*read, ROOT / "requirements-dev.lock"]):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:24]


def kept_in(folder: Path) -> Path:
    """Where the migrated database of this code lies, once a test has made it."""
    return folder / f"{fingerprint()}.sqlite3"


def keep_migrated(folder: Path) -> None:
    """Make Django's test databases of SQLite by a copy of the one kept in `folder`, where there is one."""
    migrate = DatabaseCreation.create_test_db

    def create_test_db(
        self: Any, verbosity: int = 1, autoclobber: bool = False, serialize: bool = True, keepdb: bool = False
    ) -> str:
        kept = kept_in(folder)
        if kept.exists():
            name = self._get_test_db_name()
            self._create_test_db(verbosity, autoclobber, keepdb)
            self.connection.close()
            settings.DATABASES[self.connection.alias]["NAME"] = name
            self.connection.settings_dict["NAME"] = name
            self.connection.ensure_connection()
            with sqlite3.connect(kept) as source:
                source.backup(self.connection.connection)
            source.close()
            return name
        name = migrate(self, verbosity, autoclobber, serialize, keepdb)
        for old in folder.glob("*.sqlite3"):
            old.unlink(missing_ok=True)
        # Complete before it has its name: two workers make one each, and the later takes the earlier's place.
        part = folder / f"{os.getpid()}.part"
        with sqlite3.connect(part) as target:
            self.connection.connection.backup(target)
        target.close()
        part.replace(kept)
        return name

    DatabaseCreation.create_test_db = create_test_db  # type: ignore[method-assign]
