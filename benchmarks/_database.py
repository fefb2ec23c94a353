"""The database a benchmark works in: made for it, gone after it.

Applying every migration takes most of a minute, of which a benchmark judges nothing. Where MIGRATED_DATABASE names a
file of SQLite in which all of them are applied already (the tests keep one), that file is copied instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection


def make_tables(path: Path) -> None:
    """All tables, in the SQLite file `path`, where the default connection stands from now on."""
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = str(path)
    kept = os.environ.get("MIGRATED_DATABASE")
    if kept and Path(kept).exists():
        shutil.copyfile(kept, path)
    else:
        call_command("migrate", verbosity=0)


@contextmanager
def scratch(folder: Path, suffix: str, keep: bool = False) -> Iterator[None]:
    """A database of the benchmark's own: a file in `folder`, or on PostgreSQL beside the one named in DATABASE_URL.

    `keep`: PostgreSQL's is not dropped, and found again under its `suffix`.
    """
    if connection.vendor == "sqlite":
        make_tables(folder / f"{suffix}.sqlite3")
        yield
        connection.close()
        return
    name = f"{connection.settings_dict['NAME']}_bench_{suffix}"
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    try:
        yield
    finally:
        if not keep:
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
