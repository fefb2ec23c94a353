"""Every benchmark runs through on a small size, so that none rots unseen while the tables change. No time is judged."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.migrated import kept_in

# Forty companies are 160 teams' months: of eight, two outside their interval are luck.
SMALL = {
    "alerts": ["--floors", "2"],
    "commits": ["--learners", "12", "--seconds", "0.5", "--reports", "2", "--threads", "2"],
    "import": ["--rows", "500"],
    "module_page": ["--learners", "4", "--requests", "2"],
    "pages": ["--sizes", "600,1200", "--requests", "2"],
    "queue": ["--database", "sqlite", "--reviews", "400", "--requests", "2"],
    "quiz_submit": ["--learners", "24", "--processes", "2"],
    "report": ["--database", "sqlite", "--learners", "30", "--modules", "3", "--requests", "2"],
    "sampling": ["--months", "200"],
    "scores": ["--companies", "40"],
    "writes": ["--rows", "400", "--kept", "200", "--pause-ms", "1"],
}


def run(*arguments: str, migrated: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    command = [sys.executable, "-m", "benchmarks", *arguments]
    own = {"SECRET_KEY": "only-for-tests-" + "t" * 40, "HTTPS": "0"} | ({"MIGRATED_DATABASE": str(migrated)} if migrated else {})
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment | own, capture_output=True, text=True, timeout=300)


def test_the_list_names_those_tried_here():
    assert run().stdout.strip() == "Benchmarks: " + ", ".join(sorted(SMALL))


@pytest.mark.django_db  # after which a migrated database is kept on SQLite
@pytest.mark.no_database  # it asks one of its own
@pytest.mark.parametrize("name", SMALL)
def test_it_runs_through_and_prints_its_figures(name: str, pytestconfig: pytest.Config):
    done = run(name, "--json", *SMALL[name], migrated=kept_in(pytestconfig.cache.mkdir("migrated")))
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    if name == "pages":
        assert [row["interactions"] for row in figures["sizes"]] == [600, 1200]
        for row in figures["sizes"]:
            assert all(page["p95_ms"] >= page["p50_ms"] > 0 and page["queries"] > 0 for page in row["pages"].values())
            assert min(row["one_day_ms"].values()) > 0
    elif name == "alerts":
        assert 0 < figures["false_per_rep_year"] < figures["target_rule_false_per_rep_year"]
        assert set(figures["coverage"]) == {"5-15", "20-60", "80-240"}
    elif name == "sampling":
        assert figures["designs"]["top risk, plain mean"]["bias"] < -10 < figures["designs"]["strata, weighted"]["bias"]
        assert figures["bad_cases_ratio"] > 1
    elif name == "quiz_submit":
        assert (figures["submits"], figures["lost"]) == (24, 0)
        assert min(figures["submits_per_s"], figures["at_once"]["submits_per_s"]) > 0
    elif name == "commits":
        assert [figures["phases"][name]["commits"] for name in ("paced", "flat out")] == [12, 24]
        assert (figures["lost"], figures["refused"]) == (0, 0)
        assert min(figures["floor_per_s"], figures["commits_per_s"]) > 0
        assert figures["p95_ms"] >= figures["p50_ms"] > 0
    elif name in {"module_page", "report"}:
        assert all(page["p95_ms"] >= page["p50_ms"] > 0 and page["queries"] > 0 for page in figures["pages"].values())
    elif name == "queue":
        assert figures["reviews"] == 400
        assert all(page["p95_ms"] >= page["p50_ms"] > 0 and page["queries"] > 0 for page in figures["pages"].values())
    elif name == "scores":
        for plan in figures["plans"].values():
            assert plan["shrunk_margin"] < plan["own_margin"]
            assert plan["own_coverage"] > 85 < plan["team_coverage"]
    elif name == "writes":
        assert figures["phases"]["alone"]["writes"] == 150
        assert figures["phases"]["import and count"]["max_ms"] > 0
    else:
        assert figures["rows"] == 500
        assert figures["new_rows_per_s"] > 0
