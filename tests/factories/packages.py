"""Small SCORM packages made in memory, and modules of them."""

from __future__ import annotations

import io
import json
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


# An H5P content type of our own, as small as one can be: one question, a state, statements of the whole and of a part.
PICK_JS = """var H5P = H5P || {};
H5P.Pick = (function () {
  function Pick(params, id, extras) {
    H5P.EventDispatcher.call(this);
    this.params = params; this.contentId = id;
    this.given = ((extras || {}).previousState || {}).given || "";
  }
  Pick.prototype = Object.create(H5P.EventDispatcher.prototype);
  Pick.prototype.constructor = Pick;
  Pick.prototype.attach = function ($container) {
    var self = this;
    self.setActivityStarted();
    $container.append("<h1>" + self.params.question + "</h1><p id='given'>" + self.given + "</p>");
    self.params.answers.forEach(function (answer) {
      H5P.jQuery("<button type='button'></button>").text(answer).appendTo($container).on("click", function () {
        self.given = answer; $container.find("#given").text(answer);
        var part = self.createXAPIEventTemplate("answered");
        part.setScoredResult(1, 1, self, true, true);
        part.data.statement.context.contextActivities.parent = [{id: "whole"}];
        self.trigger(part);
      });
    });
    H5P.jQuery("<button type='button'>Finish</button>").appendTo($container).on("click", function () {
      var right = self.given === self.params.right;
      self.triggerXAPIScored(right ? 2 : 0, 2, "completed", true, right);
    });
  };
  Pick.prototype.getCurrentState = function () { return {given: this.given}; };
  return Pick;
})();
"""
HELPER = {"machineName": "H5P.Helper", "majorVersion": 1, "minorVersion": 4}
PICK = {"machineName": "H5P.Pick", "majorVersion": 1, "minorVersion": 0}


def library(name: Mapping[str, Any], **about: Any) -> str:
    return json.dumps({"title": name["machineName"], "patchVersion": 1, "runnable": 1, **name, **about})


def h5p_files(title: str = "Pick a greeting", **changes: Any) -> dict[str, str]:
    """The files of an exercise by name; `changes` put others in, or take some out (None)."""
    head = {
        "title": title, "language": "en", "mainLibrary": "H5P.Pick", "embedTypes": ["iframe"], "license": "U",
        "preloadedDependencies": [PICK, HELPER],
    }  # fmt: skip
    content = {
        "question": "How do you greet a caller?",
        "answers": ["Hello, how can I help?", "What?"],
        "right": "Hello, how can I help?",
    }
    files = {
        "h5p.json": json.dumps(head),
        "content/content.json": json.dumps(content),
        "H5P.Pick-1.0/library.json": library(PICK, preloadedJs=[{"path": "pick.js"}], preloadedDependencies=[HELPER]),
        "H5P.Pick-1.0/pick.js": PICK_JS,
        "H5P.Helper-1.4/library.json": library(HELPER, preloadedCss=[{"path": "css/helper.css"}]),
        "H5P.Helper-1.4/css/helper.css": "h1 { color: #123; }",
    }
    return {name: text for name, text in (files | changes).items() if text is not None}


def h5p_zip(title: str = "Pick a greeting", **changes: Any) -> bytes:
    return zipped(h5p_files(title, **changes))


def keep_h5p(now: datetime, title: str = "Pick a greeting") -> Package:
    return import_package(actor=None, pieces=[h5p_zip(title)], file_name="pick.h5p", now=now).package
