"""Small files, imported through the services, and a canonical dump of what they left."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coaching.interactions import services
from coaching.interactions.importing.mapping import parse_mapping
from coaching.interactions.models import ChangedDay, Handler, Interaction, Message, SurveyResponse

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
HEADER = "id,agent,opened,solved,seconds,answered"
MAPPING: dict[str, Any] = {
    "source": "desk",
    "timezone": "UTC",
    "interaction": {
        "columns": {
            "external_id": "id",
            "handler": "agent",
            "opened_at": "opened",
            "resolved_at": "solved",
            "handle_seconds": "seconds",
            "answered": "answered",
        }
    },
}


def bring(path: Path, mapping: dict[str, Any] = MAPPING, kind: str = "interactions", **options: Any) -> services.ImportResult:
    verb = {
        "interactions": services.import_interactions,
        "messages": services.import_messages,
        "surveys": services.import_surveys,
    }[kind]
    return verb(actor=None, path=path, mapping=parse_mapping(mapping), now=NOW, **options)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def dump() -> list[tuple[Any, ...]]:
    """Every imported row by its natural key, without database ids, in a fixed order."""
    skip = {"id", "source", "handler", "assignee", "author", "interaction"}
    rows: list[tuple[Any, ...]] = []
    for model, links in (
        (Handler, ("source__key", "person__email")),
        (Interaction, ("source__key", "handler__external_key", "assignee__external_key")),
        (Message, ("interaction__external_id", "author__external_key")),
        (SurveyResponse, ("source__key", "handler__external_key", "interaction__external_id")),
        (ChangedDay, ("person__email",)),
    ):
        names = [f.name for f in model._meta.concrete_fields if f.name not in skip | {"person"}]
        rows += sorted((model.__name__, *map(str, values)) for values in model.objects.values_list(*names, *links))
    return rows
