"""From a spool to stored rows: through the importer, with the native format of the helpdesk."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from coaching.interactions.importing.formats import concrete
from coaching.interactions.importing.mapping import Mapping as ColumnMapping
from coaching.interactions.importing.mapping import parse_mapping
from coaching.interactions.importing.reading import open_rows
from coaching.interactions.importing.running import run_import
from coaching.interactions.importing.sniffing import sniff
from coaching.interactions.importing.systems import VARIANTS
from coaching.interactions.importing.variants import Peek
from coaching.interactions.models import Source

FORMATS = {
    ("zendesk", "tickets", "interactions"): "zendesk.tickets",
    ("zendesk", "ratings", "surveys"): "zendesk.satisfaction_ratings",
    ("zendesk", "survey_responses", "surveys"): "zendesk.survey_responses",
    ("freshdesk", "tickets", "interactions"): "freshdesk.tickets",
    ("freshdesk", "ratings", "surveys"): "freshdesk.ratings",
    ("intercom", "conversations", "interactions"): "intercom.conversations",
    ("intercom", "conversations", "messages"): "intercom.conversations",
    ("intercom", "conversations", "surveys"): "intercom.conversations",
    ("chatwoot", "conversations", "interactions"): "chatwoot.conversations",
    ("chatwoot", "conversations", "messages"): "chatwoot.conversations",
    ("chatwoot", "ratings", "surveys"): "chatwoot.csat",
    ("zammad", "tickets", "interactions"): "zammad.tickets",
    ("zammad", "tickets", "messages"): "zammad.articles",
}
# Where a client has put the name and e-mail of whom the format knows by id: people are matched by e-mail first.
PEOPLE = {
    ("zendesk.tickets", "interaction"): "assignee",
    ("freshdesk.tickets", "interaction"): "responder",
    ("freshdesk.ratings", "survey"): "agent",
    ("intercom.conversations", "interaction"): "admin_assignee",
}
WITHIN = {("zammad", "tickets"): "articles"}  # objects that stand within others, and are a file of their own to the importer


@dataclass(frozen=True)
class Loaded:
    """What one import of a spool did. `notes`: what was noticed, and how often."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    notes: Mapping[str, int] = field(default_factory=dict)


def load(*, kind: str, path: Path, system: str, stream: str, source: Source, now: datetime) -> Loaded:
    """Import a spool. Running it again changes nothing. Raises ImportRefused where it cannot be read."""
    mapping = mapping_for(system, stream, kind)
    with _part(path, kind, WITHIN.get((system, stream))) as part:
        if not part.stat().st_size or not open_rows(sniff(part), mapping, mapping.section(kind)).header:
            return Loaded()  # conversations without a message, tickets without a rating
        result = run_import(
            kind=kind,
            path=part,
            source_key=source.key,
            mapping=mapping,
            zone="UTC",
            now=now,
            dry_run=False,
            errors_path=None,
        )
    # The value of a rejected cell may be a customer's words: only field and reason are kept.
    reasons = Counter(f"{problem.field}: {problem.reason}" if problem.field else problem.reason for problem in result.samples)
    return Loaded(result.created, result.updated, result.unchanged, result.rejected, dict(reasons))


def mapping_for(system: str, stream: str, kind: str) -> ColumnMapping:
    """The native format of a stream's objects, and where its client put the people's e-mails."""
    key = FORMATS[system, stream, kind]
    variant = next(found for found in VARIANTS if found.key == key)
    mapping = concrete(variant, [], 0, Peek(json=True, rows=[]))
    ignored = [*mapping.get("ignore", [])]
    for (named, section), place in PEOPLE.items():
        if named != key or section not in mapping:
            continue
        known: dict[str, Any] = {
            "handler_name": {"column": f"{place}.name", "optional": True},
            "handler_email": {"column": f"{place}.email", "optional": True},
        }
        mapping[section] = {**mapping[section], "columns": {**mapping[section]["columns"], **known}}
        ignored += [f"{place}.id", f"{place}.name", f"{place}.email"]
    return parse_mapping({**mapping, "ignore": ignored})


@contextmanager
def _part(path: Path, kind: str, within: str | None) -> Iterator[Path]:
    """The lines of a spool that one import reads: each object once, as it came last, or what stands within them."""
    newest: dict[str, dict[str, Any]] = {}
    with path.open("rb") as lines:
        for number, line in enumerate(lines):
            item = json.loads(line)
            key = text_of(item.get("id")) or f"line {number}"
            newest.pop(key, None)
            newest[key] = item
    part = path.with_suffix(f".{kind}.ndjson")
    with part.open("w", encoding="utf-8") as out:
        for item in newest.values():
            inner = item.pop(within, []) if within else []
            for record in inner if within and kind == "messages" else [item]:
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def text_of(value: Any) -> str:
    """An id as text; "" for what is none."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


__all__ = ["Loaded", "load", "mapping_for"]
