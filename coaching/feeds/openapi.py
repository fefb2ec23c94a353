"""The description of the API, as the docs page reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Field:
    name: str
    kind: str
    required: bool
    description: str


@dataclass
class Operation:
    """One thing the API does, ready for the page."""

    method: str
    path: str
    summary: str
    description: str
    anchor: str
    parameters: list[Field] = field(default_factory=list)
    body: list[Field] = field(default_factory=list)
    rows: list[Field] = field(default_factory=list)
    example: str = ""
    answers: list[tuple[str, str]] = field(default_factory=list)


def operations(description: dict[str, Any]) -> list[Operation]:
    """All operations of an OpenAPI description, in its order."""
    found = []
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            media = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            schema = resolved(description, media.get("schema", {}))
            rows = schema.get("properties", {}).get("rows", {}).get("items", {})
            operation = Operation(
                method=method.upper(),
                path=path,
                summary=told.get("summary", ""),
                description=told.get("description", ""),
                anchor=told.get("operationId", ""),
                parameters=[
                    Field(
                        p["name"],
                        f"{p['in']}, {_kind(description, p['schema'])}",
                        p.get("required", False),
                        p.get("description", ""),
                    )
                    for p in told.get("parameters", [])
                ],
                body=_fields(description, schema),
                rows=_fields(description, rows),
                example=json.dumps(media["example"], indent=2, ensure_ascii=False) if "example" in media else "",
                answers=[(str(code), answer.get("description", "")) for code, answer in told.get("responses", {}).items()],
            )
            found.append(operation)
    return found


def resolved(description: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself where another one is named."""
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].rsplit("/", 1)[-1]
    return dict(description["components"]["schemas"][name])


def _fields(description: dict[str, Any], schema: dict[str, Any]) -> list[Field]:
    required = set(schema.get("required", []))
    return [
        Field(name, _kind(description, told), name in required, told.get("description", ""))
        for name, told in schema.get("properties", {}).items()
    ]


def _kind(description: dict[str, Any], schema: dict[str, Any]) -> str:
    """A type in a word or two."""
    schema = resolved(description, schema)
    if schema.get("format") == "date-time":
        return "time"
    if "anyOf" in schema:
        kinds = [_kind(description, option) for option in schema["anyOf"]]
        return " / ".join(dict.fromkeys(kind for kind in kinds if kind != "null"))
    if "enum" in schema:
        return " / ".join(map(str, schema["enum"]))
    return str(schema.get("type", "any"))
