"""The command line of a benchmark that works in a database of its own, on SQLite or on PostgreSQL."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def parser_of(name: str, doc: str | None, database: str) -> argparse.ArgumentParser:
    """`--json` and `--database` (the default given); the benchmark adds its sizes."""
    parser = argparse.ArgumentParser(prog=name, description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default=database)
    return parser


def run(options: argparse.Namespace, measure: Callable[[Path], dict[str, Any]], show: Callable[[dict[str, Any]], None]) -> int:
    """Measure in a folder that is gone afterwards, show the figures, print them as JSON where asked. The exit status."""
    if options.database == "postgresql" and not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        print("Set DATABASE_URL to a PostgreSQL server, for example postgres://user:password@127.0.0.1/uncommon", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        if options.database == "sqlite":
            os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'own.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
        result = measure(Path(folder)) | {"database": options.database}
    show(result)
    if options.json:
        print(json.dumps(result))
    return 0


def show_nothing(result: dict[str, Any]) -> None:
    """What it measured was shown as it went."""
