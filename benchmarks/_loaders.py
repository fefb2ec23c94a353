"""Other ways of bringing the same file into the same table: what people use when they do not write an importer.

Both are given more than the product allows itself: nothing is looked up that could be kept in memory, no days
are marked, nothing is compared, a row that is wrong ends the run.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BATCH = 1_000


def _rows(path: Path, limit: int) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from itertools.islice(csv.DictReader(stream), limit)


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def _handlers(path: Path, limit: int) -> tuple[Any, dict[str, int]]:
    from coaching.interactions.models import Handler, Source

    source = Source.objects.create(key="bench-other", name="Another way")
    names = sorted({row["Agent"] for row in _rows(path, limit)})
    Handler.objects.bulk_create([Handler(source=source, external_key=name, name=name) for name in names])
    return source, dict(Handler.objects.filter(source=source).values_list("external_key", "pk"))


def _fields(row: dict[str, str], source: int, handlers: dict[str, int]) -> dict[str, Any]:
    opened, solved = _time(row["Opened"]), _time(row["Solved"])
    return {
        "source_id": source, "external_id": row["Case"], "handler_id": handlers[row["Agent"]], "channel": row["Channel"],
        "status": row["State"], "subject": row["Subject"], "topic": row["Topic"], "customer": row["Customer"],
        "opened_at": opened, "first_reply_at": _time(row["First reply"]), "resolved_at": solved,
        "opened_on": opened.date() if opened else None, "resolved_on": solved.date() if solved else None,
        "reopens": int(row["Reopens"]), "handle_seconds": int(row["Handle time"]),
    }  # fmt: skip


def bulk_create(path: Path, limit: int) -> None:
    """Model objects by the thousand, in one transaction."""
    from django.db import transaction

    from coaching.interactions.models import Interaction

    source, handlers = _handlers(path, limit)
    with transaction.atomic():
        for rows in _parts(path, limit):
            Interaction.objects.bulk_create([Interaction(**_fields(row, source.pk, handlers)) for row in rows])


def _parts(path: Path, limit: int) -> Iterator[list[dict[str, str]]]:
    rows = _rows(path, limit)
    while part := list(itertools.islice(rows, BATCH)):
        yield part


def import_export(path: Path, limit: int) -> None:
    """django-import-export in its quickest setting: bulk, no differences, no clean, handlers from memory."""
    import tablib
    from django.db import transaction
    from import_export import fields, resources, widgets

    from coaching.interactions.models import Interaction

    source, handlers = _handlers(path, limit)
    prepared = [_fields(row, source.pk, handlers) for row in _rows(path, limit)]

    class AsItIs(widgets.Widget):
        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            return value

    declared = {name: fields.Field(attribute=name, column_name=name, widget=AsItIs()) for name in prepared[0]}

    class Meta:
        model = Interaction
        fields = tuple(declared)
        import_id_fields = ("external_id",)
        use_bulk = True
        batch_size = BATCH
        skip_diff = True
        skip_html_diff = True
        skip_import_report = True
        force_init_instance = True
        report_skipped = False

    resource = type("Cases", (resources.ModelResource,), {**declared, "Meta": Meta})()
    table = tablib.Dataset(*[tuple(row.values()) for row in prepared], headers=list(prepared[0]))
    with transaction.atomic():
        done = resource.import_data(table, raise_errors=True)
    if done.totals["new"] != len(prepared):
        raise SystemExit(f"django-import-export brought in {done.totals}, not {len(prepared)}")


def empty() -> None:
    """The table as it was before, so that the next way finds it empty too."""
    from django.db import connection

    from coaching.interactions.models import Handler, Interaction, Source

    with connection.cursor() as cursor:
        table = Interaction._meta.db_table
        cursor.execute(f"TRUNCATE {table} CASCADE" if connection.vendor == "postgresql" else f"DELETE FROM {table}")
    Handler.objects.filter(source__key="bench-other").delete()
    Source.objects.filter(key="bench-other").delete()
