"""Small SCORM packages made in memory, and modules of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from learning.modules.models import Module
from learning.packages.models import Package
from learning.packages.services import import_package
from tests.factories.learning import make_module

SPACES_12 = 'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
SPACES_2004 = (
    'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
    'xmlns:imsss="http://www.imsglobal.org/xsd/imsss"'
)
PAGE = "<!doctype html><html lang=en><title>Part</title><h1>Part</h1></html>"


def manifest(
    title: str = "Calm calls",
    *,
    parts: Iterable[Mapping[str, str]] = ({},),
    version: str = "1.2",
    extra: str = "",
    before: str = "",
) -> str:
    """imsmanifest.xml. A part may name `href`, `type` ("sco", "asset"), `title`, `parameters` and `inner` (XML inside its item)."""
    items, resources = [], []
    for number, part in enumerate(parts, 1):
        href = part.get("href", f"part{number}.html")
        parameters = f" parameters={quoteattr(part['parameters'])}" if "parameters" in part else ""
        items.append(
            f'<item identifier="i{number}" identifierref="r{number}"{parameters}>'
            f"<title>{escape(part.get('title', f'Part {number}'))}</title>{part.get('inner', '')}</item>"
        )
        kind = part.get("type", "sco")
        written = f'adlcp:scormtype="{kind}"' if version == "1.2" else f'adlcp:scormType="{kind}"'
        resources.append(f'<resource identifier="r{number}" type="webcontent" {written} href={quoteattr(href)}/>')
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<manifest identifier="m" {SPACES_12 if version == "1.2" else SPACES_2004}>'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>"
        f'<organizations default="o"><organization identifier="o"><title>{escape(title)}</title>{"".join(items)}{extra}'
        f"</organization></organizations><resources>{''.join(resources)}</resources></manifest>"
    )


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def package_zip(title: str = "Calm calls", *, files: Mapping[str, str | bytes] | None = None, **changes: Any) -> bytes:
    """A whole package: its manifest and one page for each part."""
    parts = list(changes.get("parts", ({},)))
    pages = {str(part.get("href", f"part{number}.html")).partition("?")[0]: PAGE for number, part in enumerate(parts, 1)}
    return zipped({"imsmanifest.xml": manifest(title, **changes), **pages, **(files or {})})


def keep_package(now: datetime, source: bytes | None = None, **changes: Any) -> Package:
    source = source if source is not None else package_zip(**changes)
    return import_package(actor=None, pieces=[source], file_name="package.zip", now=now).package


def module_of(package: Package, now: datetime, title: str = "With a package", **changes: Any) -> Module:
    """A published module of the package alone."""
    return make_module(now, title, **({"lessons": [], "quiz": [], "package_digest": package.sha256} | changes))
