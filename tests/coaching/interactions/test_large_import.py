"""A large file comes in by the command, is killed in the middle, and comes in whole when run again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from coaching.interactions.importing import running
from coaching.interactions.importing.running import LARGE_BYTES
from tests.coaching.interactions.helpers import HEADER, bring, write

ROWS = 60_000
MAPPING = """source = "desk"
timezone = "UTC"
[interaction.columns]
external_id = "id"
handler = "agent"
subject = "subject"
opened_at = "opened"
"""
SUBJECT = "Where is my order? It was promised for last week and nobody has told me anything since then. "


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file large enough for a reading process of its own, with one row in its second half that is wrong."""
    path = tmp_path / "large.csv"
    with path.open("w") as stream:
        stream.write("id,agent,subject,opened\n")
        for n in range(ROWS):
            opened = "soon" if n == 40_000 else f"2026-03-{n % 28 + 1:02d} 10:{n % 60:02d}:00"
            stream.write(f"c{n},agent{n % 50}@desk.example,{SUBJECT}{n},{opened}\n")
    assert path.stat().st_size > LARGE_BYTES
    (tmp_path / "desk.toml").write_text(MAPPING)
    return path


@pytest.fixture
def command(transactional_db: None, tmp_path: Path, large: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts `import_interactions` for the large file in a process of its own, on this test's database."""
    if connection.vendor == "sqlite":
        copy = tmp_path / "copy.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        address = f"sqlite:///{copy}"
    else:
        given = os.environ["DATABASE_URL"]
        address = given.rsplit("/", 1)[0] + "/" + connection.settings_dict["NAME"]
    arguments = ["import_interactions", str(large), "--mapping", str(tmp_path / "desk.toml"), "--json"]
    started = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings_test"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def result(process: subprocess.Popen[str]) -> dict[str, int]:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert "Line 40002, opened “soon”" in err
    counts: dict[str, int] = json.loads(out.splitlines()[-1])
    return counts


def readers_of(process: subprocess.Popen[str]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def wait_for_reader(process: subprocess.Popen[str]) -> int:
    for _attempt in range(600):
        if pids := readers_of(process):
            return pids[0]
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    raise AssertionError("no reading process was started")


def gone(pid: int) -> bool:
    for _attempt in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if "Z" in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:1]:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_killed_in_the_middle_and_run_again(command: Callable[[], subprocess.Popen[str]]) -> None:
    first = command()
    reader = wait_for_reader(first)
    time.sleep(1.5)  # some chunks are in by now, or none: both must be made good
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert gone(reader), "the reading process outlived the import"

    second = result(command())
    assert (second["read"], second["rejected"]) == (ROWS, 1)
    assert second["created"] + second["unchanged"] == ROWS - 1
    assert second["updated"] == 0

    third = result(command())
    assert (third["created"], third["updated"], third["unchanged"]) == (0, 0, ROWS - 1)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_reading_process_is_killed(command: Callable[[], subprocess.Popen[str]]) -> None:
    process = command()
    os.kill(wait_for_reader(process), signal.SIGKILL)
    _out, err = process.communicate(timeout=240)
    assert process.returncode == 1
    assert "The process that read the file ended before its work did. Start the import again." in err
    assert "Traceback" not in err
    assert result(command())["created"] > 0


@pytest.mark.django_db
def test_beside_people_at_work_sqlite_takes_small_chunks(tmp_path, monkeypatch):
    """A click waits for one chunk; PostgreSQL lets many write, and a first load has nobody to wait for it."""
    chunks = []
    monkeypatch.setattr(running, "BESIDE_ROWS", 2)
    monkeypatch.setattr(running, "let_others_write", lambda: chunks.append("one"))
    path = write(tmp_path / "first.csv", f"{HEADER}\n" + "".join(f"{n},,2026-05-04 09:00,,,\n" for n in range(5)))
    assert bring(path).created == 5
    assert len(chunks) == 1
    chunks.clear()
    path = write(tmp_path / "later.csv", f"{HEADER}\n" + "".join(f"{n},,2026-05-05 09:00,,,\n" for n in range(5, 10)))
    assert bring(path).created == 5
    assert len(chunks) == (3 if connection.vendor == "sqlite" else 1)
