"""How fast interactions come in, beside the bare load of the same file in the same run.

`./uncommon bench import [--json] [--database sqlite|postgresql] [--rows N]`

A database of its own is made and removed; PostgreSQL is reached through DATABASE_URL, whose role may
create one. The limit is `pandas.read_csv` in chunks, each chunk by COPY (PostgreSQL) or executemany
(SQLite) into a plain table without indexes, constraints or checks; and, to tell what those cost, into the same
table with keys and indexes like the product's. The product is
`import_interactions` through its service, from the same file, into the indexed tables, with handlers,
days, counts and marks. Each runs in a process of its own. Its peak memory is that of the process and
its children together, shared pages counted once (PSS), sampled. Beside them, with the first rows of the
file and into the same empty table: django-import-export and `bulk_create` (`_loaders`). Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("SECRET_KEY", "benchmark-" + "b" * 40)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

CHUNK = 20_000
OTHERS_ROWS = 50_000  # the other ways are so slow that the whole file would take half an hour
SCRATCH = "bench_import"
HEADER = "Case,Agent,Channel,State,Subject,Topic,Customer,Opened,First reply,Solved,Reopens,Handle time"


def write_file(path: Path, rows: int) -> None:
    """A plausible export: 400 agents, one year, a fifth of the cases still open."""
    import numpy as np

    random = np.random.default_rng(7)
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    days = [(begin + timedelta(days=day)).strftime("%Y-%m-%d") for day in range(400)]
    clock = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400)]
    channels, topics = ["email", "chat", "phone"], ["delivery", "invoice", "returns", "account", "product", "other"]
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEADER + "\n")
        for start in range(0, rows, 100_000):
            size = min(100_000, rows - start)
            day, second = (start + np.arange(size)) * 365 // rows, random.integers(25_000, 70_000, size)
            wait, work = random.integers(60, 14_000, size), random.integers(0, 20, size)
            agent, kind = random.integers(0, 400, size), random.integers(0, 18, size)
            solved, reopened = random.random(size) < 0.8, random.random(size) < 0.06
            customer, handle = random.integers(0, 300_000, size), random.integers(30, 2_400, size)
            lines = []
            for i in range(size):
                opened, end = days[day[i]], days[day[i] + work[i]]
                lines.append(
                    f"C{start + i:08d},agent{agent[i]}@bench.example,{channels[kind[i] % 3]},"
                    f"{'resolved' if solved[i] else 'open'},Question about order {customer[i] * 7},{topics[kind[i] % 6]},"
                    f"cust-{customer[i]},{opened} {clock[second[i]]},{opened} {clock[min(86_399, second[i] + wait[i])]},"
                    f"{f'{end} {clock[min(86_399, second[i] + wait[i] + 900)]}' if solved[i] else ''},"
                    f"{int(reopened[i])},{handle[i]}\n"
                )
            stream.writelines(lines)


def mapping() -> dict[str, object]:
    return {
        "source": "bench",
        "timezone": "UTC",
        "interaction": {
            "columns": {
                "external_id": "Case", "handler": "Agent", "channel": "Channel", "status": "State", "subject": "Subject",
                "topic": "Topic", "customer": "Customer", "opened_at": "Opened", "first_reply_at": "First reply",
                "resolved_at": "Solved", "reopens": "Reopens", "handle_seconds": "Handle time",
            }
        },
    }  # fmt: skip


def people() -> None:
    """The 400 agents of the file have accounts, so that their days are worked out and marked as in real life."""
    from people.models import Person

    Person.objects.bulk_create(
        [Person(email=f"agent{n}@bench.example", display_name=f"Agent {n}", time_zone="Europe/Berlin") for n in range(400)]
    )


# What the product's table has too, in the names of the bare one: by agent and day, open and resolved, and by customer.
INDEXES = ("b, h", "b, j) WHERE (j IS NOT NULL", "b, i) WHERE (j IS NULL", "g, h")


def bare(path: Path, *, keyed: bool = False) -> None:
    """The limit: read in chunks and load, nothing else. `keyed`: into a table with keys, and indexes that are built at the end."""
    import pandas as pd
    from django.db import connection

    columns = (
        "a text, b text, c text, d text, e text, f text, g text, h timestamp, i timestamp, j timestamp, k integer, l integer"
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_bare")
        number = "integer PRIMARY KEY" if connection.vendor == "sqlite" else "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
        cursor.execute(f"CREATE TABLE bench_bare ({f'id {number}, {columns}, UNIQUE (a)' if keyed else columns})")
        into = f"bench_bare ({', '.join('abcdefghijkl')})"
        for frame in pd.read_csv(path, chunksize=CHUNK, keep_default_na=True):
            rows = zip(*(frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in frame), strict=True)
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                cursor.execute("BEGIN")
                cursor.executemany(f"INSERT INTO {into} VALUES ({', '.join(['%s'] * 12)})", rows)
                cursor.execute("COMMIT")
        for place, index in enumerate(INDEXES if keyed else ()):
            cursor.execute(f"CREATE INDEX bench_bare_{place} ON bench_bare ({index})")
        cursor.execute("DROP TABLE bench_bare")


def product(path: Path) -> None:
    from coaching.interactions import services
    from coaching.interactions.importing.mapping import parse_mapping

    services.import_interactions(actor=None, path=path, mapping=parse_mapping(mapping()), now=datetime(2026, 6, 15, tzinfo=UTC))


def _child(work: str, path: Path, rows: int, results: Any) -> None:
    import django

    django.setup()
    from benchmarks import _loaders

    works = {
        "bare": lambda: bare(path),
        "keyed": lambda: bare(path, keyed=True),
        "product": lambda: product(path),
        "import_export": lambda: _loaders.import_export(path, rows),
        "bulk_create": lambda: _loaders.bulk_create(path, rows),
    }
    begin = time.perf_counter()
    works[work]()
    results.put(time.perf_counter() - begin)
    if work in {"import_export", "bulk_create"}:
        _loaders.empty()


def _memory(process: int) -> float:
    """MB held by a process and its children, shared pages divided among those who share them."""
    total = 0
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        for pid in [str(process), *children]:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    except (OSError, ProcessLookupError):  # it has just ended
        return 0.0
    return total / 1024


def measure(work: str, path: Path, rows: int) -> tuple[float, float]:
    """Seconds and peak MB of one run in a fresh process."""
    context = multiprocessing.get_context("spawn")
    results = context.SimpleQueue()
    child = context.Process(target=_child, args=(work, path, rows, results))
    child.start()
    peak = 0.0
    while child.is_alive():
        peak = max(peak, _memory(child.pid or 0))
        child.join(0.2)
    if child.exitcode:
        raise SystemExit(f"The {work} run failed; its message stands above.")
    return results.get(), peak


def main(argv: Sequence[str] = ()) -> int:
    parser = argparse.ArgumentParser(prog="import", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(argv))
    server = os.environ.get("DATABASE_URL", "")
    if options.database == "postgresql" and not server.startswith("postgres"):
        print("Set DATABASE_URL to a PostgreSQL server, for example postgres://user:password@127.0.0.1/uncommon", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="uncommon-bench-") as folder:
        name = str(Path(folder) / "bench.sqlite3") if options.database == "sqlite" else SCRATCH
        if options.database == "sqlite":
            os.environ["DATABASE_URL"] = f"sqlite:///{name}"
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connections

        from benchmarks._database import make_tables

        if options.database == "postgresql":
            with connections["default"].cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {name}")
                cursor.execute(f"CREATE DATABASE {name}")
            connections.close_all()
            os.environ["DATABASE_URL"] = server.rsplit("/", 1)[0] + f"/{name}"
            connections["default"].settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
            call_command("migrate", verbosity=0)
        else:
            make_tables(Path(name))
        people()
        connections.close_all()
        path = Path(folder) / "cases.csv"
        write_file(path, options.rows)
        some = min(options.rows, OTHERS_ROWS)
        works = {
            "import_export": some,
            "bulk_create": some,
            "limit": options.rows,
            "keyed": options.rows,
            "new": options.rows,
            "again": options.rows,
        }
        called = {"limit": "bare", "new": "product", "again": "product"}
        runs = {run: measure(called.get(run, run), path, rows) for run, rows in works.items()}
        megabytes = path.stat().st_size / 1e6
    figures = {"database": options.database, "rows": options.rows, "file_mb": round(megabytes)}
    speed = {run: works[run] / seconds for run, (seconds, _peak) in runs.items()}
    for run, (seconds, peak) in runs.items():
        figures |= {f"{run}_s": round(seconds, 1), f"{run}_rows_per_s": round(speed[run]), f"{run}_mb": round(peak)}
    figures |= {"rows_per_s": figures["new_rows_per_s"], "peak_mb": figures["new_mb"]}
    figures["ratio"] = round(speed["new"] / speed["limit"], 3)
    figures["ratio_keyed"] = round(speed["new"] / speed["keyed"], 3)
    figures["times_import_export"] = round(speed["new"] / speed["import_export"], 1)
    figures["times_bulk_create"] = round(speed["new"] / speed["bulk_create"], 1)
    print(f"{options.database}, {options.rows:,} interactions, {megabytes:.0f} MB")
    labels = {
        "limit": "bare load (the limit)", "keyed": "bare load, keys and indexes", "new": "import, all new", "again": "import again, nothing new",
        "import_export": f"django-import-export, {some:,}", "bulk_create": f"bulk_create, {some:,}",
    }  # fmt: skip
    for run, label in labels.items():
        seconds, peak = runs[run]
        print(f"{label:32}{seconds:9.1f} s {speed[run]:12,.0f} rows/s {peak:8.0f} MB at most")
    print(
        f"share of the limit: {figures['ratio']}, of the bare load with keys and indexes: {figures['ratio_keyed']}; {figures['times_import_export']} times django-import-export, "
        f"{figures['times_bulk_create']} times bulk_create"
    )
    if options.json:
        print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
