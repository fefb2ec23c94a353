"""From a nested object of an API to plain text by column name: `via.channel`, `metric_set.reopens`."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

DEPTH = 6
BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "pre"}
HIDDEN = {"script", "style"}


def text_of(value: Any) -> str:
    """A scalar as a CSV would hold it. NUL and lone surrogates, which no database takes, are left out."""
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    text = str(value)
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def flatten(record: dict[str, Any]) -> dict[str, str]:
    """All scalars of an object by their path.

    Lists of scalars become "a, b"; pairs of id and value (custom fields) become `name.<id>`; of other
    lists of objects only the first counts, as `name.0.…`.
    """
    flat: dict[str, str] = {}
    _into(flat, record, "", 0)
    return flat


def _into(flat: dict[str, str], record: dict[str, Any], prefix: str, depth: int) -> None:
    for key, value in record.items():
        name = prefix + text_of(key)
        if isinstance(value, dict):
            if value and depth < DEPTH:
                _into(flat, value, f"{name}.", depth + 1)
            else:
                flat[name] = ""
        elif isinstance(value, list):
            _list_into(flat, value, name, depth)
        else:
            flat[name] = text_of(value)


def _list_into(flat: dict[str, str], values: list[Any], name: str, depth: int) -> None:
    objects = [value for value in values if isinstance(value, dict)]
    if not objects:
        flat[name] = ", ".join(text_of(value) for value in values if not isinstance(value, list))
    elif all("id" in value and "value" in value for value in objects):
        for value in objects:
            held = value["value"]
            if isinstance(held, list):
                held = ", ".join(text_of(part) for part in held)
            flat[f"{name}.{text_of(value['id'])}"] = text_of(held)
    elif depth < DEPTH:
        _into(flat, objects[0], f"{name}.0.", depth + 1)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in HIDDEN:
            self.hidden += 1
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in BLOCKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def plain_text(markup: Any) -> str:
    """What a reader of an HTML message sees, line by line."""
    text = text_of(markup)
    if "<" not in text and "&" not in text:
        return text.strip()
    reader = _Text()
    reader.feed(text)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    return "\n".join(line for line in lines if line)


def first_text(*values: Any) -> str:
    """The first value that is not empty, as text."""
    return next((text for text in map(text_of, values) if text), "")


def inner(record: Any, *path: str) -> Any:
    """What lies at a path of keys; None where any of them is missing."""
    for key in path:
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    return record


def listed(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
