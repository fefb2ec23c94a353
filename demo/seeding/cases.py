"""Half a year of cases, their accounts, and a night desk whose people wait to be matched; through the importer itself."""

import tempfile
from io import StringIO
from pathlib import Path
from typing import TextIO

from django.core.management import call_command

from demo.history import History, write_files

MAPPINGS = Path(__file__).resolve().parent.parent / "mappings"


def seed_cases(history: History, out: TextIO) -> None:
    """Write the files and import them as an administrator would. Counting is left to whoever calls: once is enough."""
    with tempfile.TemporaryDirectory(prefix="uncommon-demo-") as folder:
        files = write_files(history, Path(folder))
        # First, so that the cases find the segment of their account.
        call_command("import_accounts", str(files["accounts"]), source="pellgrove-desk", stdout=out)
        for command, kind in (("import_interactions", "cases"), ("import_messages", "messages"), ("import_surveys", "surveys")):
            mapping = str(MAPPINGS / f"{kind}.toml")
            call_command(command, str(files[kind]), format="generic", mapping=mapping, count_later=True, stdout=out)
        cases = str(MAPPINGS / "cases.toml")
        call_command(
            "import_interactions", str(files["night-desk"]), format="generic", mapping=cases, source="night-desk",
            count_later=True, stdout=out, stderr=StringIO(),
        )  # fmt: skip
