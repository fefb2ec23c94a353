"""Ways in which an export arrives otherwise than documented. Each gives the bytes of a file, or None where it cannot apply."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

from tests.coaching.interactions.formats.exports import Export, table_text

Mangle = Callable[[Export], bytes | None]
# What may come of it: the same rows, the same but for a field that is not there, or only some of them with a problem named.
SAME, FEWER, OTHER = "same", "fewer", "other"


def _csv(export: Export, header: list[str] | None = None, rows: list[list[str]] | None = None, **options: Any) -> str:
    return table_text(header or export.header, export.rows if rows is None else rows, last=export.last, **options)


def _shuffled(export: Export) -> bytes | None:
    if export.translated:
        return None  # only their order says what these columns are
    order = list(range(len(export.header)))[::-1]
    return _csv(export, [export.header[i] for i in order], [[row[i] for i in order] for row in export.rows]).encode()


def _unknown(export: Export) -> bytes | None:
    if export.translated:
        return None
    return _csv(export, [*export.header, "Moon phase"], [[*row, "full, or nearly"] for row in export.rows]).encode()


def _blank_lines(export: Export) -> bytes:
    return ("\n\n" + _csv(export).replace("\n", "\n\n") + "\n").encode()


def _duplicated(export: Export) -> bytes:
    return _csv(export, rows=[*export.rows, export.rows[0]]).encode()


def _bad_date(export: Export) -> bytes:
    place = export.header.index(export.date_column)
    first = list(export.rows[0])
    first[place] = "2026-02-30 25:61"
    return _csv(export, rows=[first, *export.rows[1:]]).encode()


def _cut(export: Export) -> bytes:
    text = table_text(export.header, export.rows)
    return text[: text.rstrip().rfind("\n") + 12].encode()


def _ragged(export: Export) -> bytes:
    lines = _csv(export).split("\n")
    return "\n".join([*lines[:2], "one,two,three", *lines[2:]]).encode()


def _nul(export: Export) -> bytes:
    rows = [list(row) for row in export.rows]
    rows[0][1] = "a\x00b"
    return _csv(export, rows=rows).encode()


def _without(export: Export) -> bytes | None:
    if export.translated:
        return None
    place = export.header.index(export.date_column)
    return _csv(
        export, [*export.header[:place], *export.header[place + 1 :]], [[*row[:place], *row[place + 1 :]] for row in export.rows]
    ).encode()


def _cp1252(export: Export) -> bytes:
    return _csv(export).encode("cp1252")


TABLES: dict[str, tuple[Mangle, str]] = {
    "bom": (lambda e: b"\xef\xbb\xbf" + _csv(e).encode(), SAME),
    "semicolons": (lambda e: _csv(e, delimiter=";").encode(), SAME),
    "tabs": (lambda e: _csv(e, delimiter="\t").encode(), SAME),
    "utf-16": (lambda e: _csv(e).encode("utf-16"), SAME),
    "cp1252": (_cp1252, SAME),
    "shuffled": (_shuffled, SAME),
    "unknown column": (_unknown, SAME),
    "header in capitals": (lambda e: _csv(e, [name.upper() for name in e.header]).encode(), SAME),
    "crlf": (lambda e: _csv(e).replace("\n", "\r\n").encode(), SAME),
    "blank lines": (_blank_lines, SAME),
    "gzip": (lambda e: gzip.compress(_csv(e).encode()), SAME),
    "duplicated row": (_duplicated, SAME),
    "bad date": (_bad_date, FEWER),
    "cut off": (_cut, FEWER),
    "ragged row": (_ragged, FEWER),
    "nul byte": (_nul, FEWER),
    "column missing": (_without, OTHER),
}


def _lines(objects: list[Any]) -> str:
    return "".join(json.dumps(item) + "\n" for item in objects)


def _json_duplicated(export: Export) -> bytes:
    return _lines([*export.objects, export.objects[0]]).encode()


def _json_bad_date(export: Export) -> bytes | None:
    if not export.date_column:
        return None
    return _lines([{**export.objects[0], export.date_column: "2026-02-30T25:61:00Z"}, *export.objects[1:]]).encode()


def _json_cut(export: Export) -> bytes:
    return _lines(export.objects)[:-30].encode()


def _json_bad_line(export: Export) -> bytes:
    first, *rest = _lines(export.objects).splitlines(keepends=True)
    return "".join([first, '{"id": 1, "na\n', "not json\n", "17\n", "[" * 5000 + "\n", *rest]).encode()


def _document_cut(export: Export) -> bytes:
    return json.dumps(export.objects, indent=1)[:-40].encode()


def _json_without(export: Export) -> bytes | None:
    if not export.date_column:
        return None
    return _lines([{key: value for key, value in item.items() if key != export.date_column} for item in export.objects]).encode()


def _answer(export: Export) -> dict[str, Any]:
    """As an API answers: the list under a key, beside what is said of the page."""
    if export.system == "chatwoot":
        return {"data": {"meta": {"all_count": 3}, "payload": export.objects}}
    if export.key == "helpscout.conversations":
        return {"_embedded": {"conversations": export.objects}, "page": {"size": 25}}
    key = {"intercom": "conversations", "helpscout": "results", "zammad": "result", "servicenow": "result"}.get(export.system)
    name = {"satisfaction_ratings": "satisfaction_ratings", "survey_responses": "survey_responses", "calls": "calls"}
    return {"count": 3, key or name.get(export.key.partition(".")[2], "tickets"): export.objects, "end_of_stream": True}


OBJECTS: dict[str, tuple[Mangle, str]] = {
    "bom": (lambda e: b"\xef\xbb\xbf" + _lines(e.objects).encode(), SAME),
    "utf-16": (lambda e: _lines(e.objects).encode("utf-16"), SAME),
    "gzip": (lambda e: gzip.compress(_lines(e.objects).encode()), SAME),
    "crlf": (lambda e: _lines(e.objects).replace("\n", "\r\n").encode(), SAME),
    "blank lines": (lambda e: ("\n" + _lines(e.objects).replace("\n", "\n\n")).encode(), SAME),
    "keys shuffled": (lambda e: _lines([dict(reversed(item.items())) for item in e.objects]).encode(), SAME),
    "unknown field": (lambda e: _lines([{**item, "moon": {"phase": ["full"]}} for item in e.objects]).encode(), SAME),
    "one list": (lambda e: json.dumps(e.objects).encode(), SAME),
    "indented list": (lambda e: json.dumps(e.objects, indent=2).encode(), SAME),
    "an answer": (lambda e: json.dumps(_answer(e)).encode(), SAME),
    "indented answer": (lambda e: json.dumps(_answer(e), indent=4).encode(), SAME),
    "answers by line": (lambda e: (json.dumps(_answer(e)) + "\n" + json.dumps(_answer(e) | {"next": 1}) + "\n").encode(), SAME),
    "duplicated object": (_json_duplicated, SAME),
    "bad date": (_json_bad_date, FEWER),
    "cut off": (_json_cut, FEWER),
    "bad lines": (_json_bad_line, SAME),
    "document cut off": (_document_cut, FEWER),
    "field missing": (_json_without, OTHER),
}
