"""Finding one's way in a manifest by local names: the namespaces of the standards, and of their editions, differ."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element


def local(name: str) -> str:
    return name.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if local(child.tag) == name)


def child(element: Element | None, name: str) -> Element | None:
    return None if element is None else next(children(element, name), None)


def text(element: Element | None) -> str:
    return " ".join((element.text or "").split()) if element is not None else ""


def attribute(element: Element, name: str) -> str:
    """An attribute by local name and without regard to capitals: 1.2 writes scormtype, 2004 scormType."""
    return next((value.strip() for key, value in element.attrib.items() if local(key).lower() == name.lower()), "")
