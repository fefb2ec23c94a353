"""Half a year of cases, their accounts, and a night desk whose people wait to be matched; through the importer itself."""

import tempfile
from io import StringIO
from pathlib import Path
from typing import TextIO

from django.core.management import call_command

from demo.history import History, write_files

MAPPINGS = Path(__file__).resolve().parent.parent / "mappings"


def seed_cases(history: History, out: TextIO) -> None:
    """Write the files and import them as an administrator would."""
    with tempfile.TemporaryDirectory(prefix="uncommon-demo-") as folder:
        files = write_files(history, Path(folder))
        for command, kind in (("import_interactions", "cases"), ("import_messages", "messages"), ("import_surveys", "surveys")):
            call_command(command, str(files[kind]), format="generic", mapping=str(MAPPINGS / f"{kind}.toml"), stdout=out)
        call_command("import_accounts", str(files["accounts"]), source="pellgrove-desk", stdout=out)
        cases = str(MAPPINGS / "cases.toml")
        call_command(
            "import_interactions", str(files["night-desk"]), format="generic", mapping=cases, source="night-desk", stdout=out,
            stderr=StringIO(),
        )  # fmt: skip
    call_command("rebuild_rollups", marked=True, stdout=out)
