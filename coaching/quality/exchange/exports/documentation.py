"""The page that describes the export, made from the definition that the export itself uses."""

from __future__ import annotations

from django.utils import translation

from coaching.quality.exchange.exports import builtin  # noqa: F401  (fills the registry)
from coaching.quality.exchange.exports.tables import FORMAT, VERSION, all_tables

HEAD = """# Export of quality data

Under **Quality**, **Export** (`/quality/export/`) takes out what you may read there anyway: your own reviews; as a lead those of your
people; as a reviewer those you wrote; as the head all. Drafts, and reviews that are not released yet, leave with nobody. The audit log
keeps who took whose data, and when. A file is kept for a day, for who asked for it; at every download it is asked
again whether they may still read everybody in it.

* **CSV**: a zip archive with one file for each table, UTF-8 with a byte-order mark. **Excel**: one sheet for each table.
  Cells that a spreadsheet program would run begin with an apostrophe. Times are in the organisation's time zone; several texts in one
  cell stand on lines of their own.
* **JSON**: one object, `{{"format": "{format}", "version": {version}, "made_at": …, "since": …, "until": …, "tables":
  {{"reviews": [{{…}}, …], …}}}}`. Times are ISO 8601 with their offset, several texts a list, what is unknown `null`.

The names of tables and columns stay as they are; new ones may be added. `version` changes when one changes its meaning or goes.
This page is written by `./uncommon manage describe_quality_export`.
"""


def markdown() -> str:
    """The whole page, in English."""
    with translation.override("en"):
        parts = [HEAD.format(format=FORMAT, version=VERSION)]
        for table in all_tables():
            rows = "\n".join(f"| `{column.key}` | {column.meaning} |" for column in table.columns)
            parts.append(f"## {table.title}: `{table.key}`\n\n{table.meaning}\n\n| Column | Meaning |\n|---|---|\n{rows}\n")
        return "\n".join(parts)
