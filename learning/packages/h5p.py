"""Reading an H5P file: what it is called, what it needs, and whether everything it needs is in it.

A download may leave out libraries that the site it comes from had; here nothing is fetched, so what is missing is named.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from learning.packages.content_types import is_served
from learning.packages.faults import PackageRefused
from learning.packages.manifest import H5P, Item, Manifest

H5P_JSON, CONTENT_JSON, LIBRARY_JSON = "h5p.json", "content/content.json", "library.json"
MOST_BYTES = 10 * 1024**2
MOST_LIBRARIES = 300
MOST_NAMED = 12  # missing things named in one refusal
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}", re.ASCII)
_LIBRARY = re.compile(r"([A-Za-z0-9_.-]{1,100}) (\d{1,4}\.\d{1,4})", re.ASCII)

Read = Callable[[str, int], bytes]


@dataclass(frozen=True, order=True)
class Library:
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def folder(self) -> str:
        return f"{self.name}-{self.version}"


def read_h5p(read: Read, names: frozenset[str]) -> Manifest:
    """One part that opens the exercise. Raises PackageRefused where the file is damaged, or something it needs is not in it."""
    head = _object(read, H5P_JSON)
    main, preloaded = str(head.get("mainLibrary") or ""), _dependencies(head, H5P_JSON)
    if CONTENT_JSON not in names:
        raise PackageRefused(
            "no_content", _("The H5P file has no content/content.json, so there is nothing to show. Export it again.")
        )
    content = _object(read, CONTENT_JSON)
    root = next((library for library in preloaded if library.name == main), None)
    if root is None:
        raise PackageRefused(
            "no_main_library",
            _("h5p.json names “%(name)s” as its content type, but not among the libraries that it needs. Export it again.")
            % {"name": main[:100]},
        )
    libraries = _Libraries(read, names)
    libraries.need(preloaded)
    libraries.refuse_missing()
    warnings = []
    absent = sorted({str(used) for used in _used(content) if used not in libraries.known})
    if absent:
        warnings.append(
            _("The content uses libraries that h5p.json does not load: %(names)s. Those places stay empty.")
            % {"names": ", ".join(absent[:MOST_NAMED])}
        )
    title = " ".join(str(head.get("title") or "").split()) or main
    part = Item(identifier=str(root), title=title[:255], depth=0, href=H5P_JSON, is_sco=libraries.reports(root))
    return Manifest(H5P, str(root), title[:255], (part,), tuple(warnings))


def _object(read: Read, name: str) -> Mapping[str, Any]:
    source = read(name, MOST_BYTES)
    if len(source) > MOST_BYTES:
        raise PackageRefused("bad_h5p", _("%(file)s is larger than 10 MB.") % {"file": name})
    try:
        found = json.loads(source.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PackageRefused("bad_h5p", _("%(file)s cannot be read: %(error)s.") % {"file": name, "error": error}) from error
    if not isinstance(found, dict):
        raise PackageRefused("bad_h5p", _("%(file)s is not what H5P writes. Export the exercise again.") % {"file": name})
    return found


def _dependencies(holder: Mapping[str, Any], file: str) -> list[Library]:
    """Its `preloadedDependencies`. Raises PackageRefused where one is no name with two numbers."""
    listed = holder.get("preloadedDependencies") or []
    found = []
    for one in listed if isinstance(listed, list) else [None]:
        given = one if isinstance(one, dict) else {}
        name, numbers = given.get("machineName"), [given.get("majorVersion"), given.get("minorVersion")]
        written = [str(number) for number in numbers]
        if not isinstance(name, str) or not _NAME.fullmatch(name) or not all(re.fullmatch(r"[0-9]{1,4}", n) for n in written):
            raise PackageRefused(
                "bad_h5p", _("%(file)s names a library in a way that cannot be read. Export the exercise again.") % {"file": file}
            )
        found.append(Library(name, ".".join(written)))
    return found


def _used(content: Any) -> Iterator[Library]:
    """The libraries that parts of the content are made with, however deep. Not by recursion: its depth is foreign."""
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            named = _LIBRARY.fullmatch(value["library"]) if isinstance(value.get("library"), str) else None
            if named:
                yield Library(*named.groups())
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


class _Libraries:
    """Everything that is needed, from library to library, and what of it is missing."""

    def __init__(self, read: Read, names: frozenset[str]) -> None:
        self._read, self._names = read, names
        self.known: dict[Library, list[str]] = {}  # its scripts
        self._missing: dict[str, str] = {}
        self._wrong: list[str] = []

    def need(self, libraries: list[Library]) -> None:
        waiting = list(libraries)
        while waiting:
            library = waiting.pop()
            if library in self.known:
                continue
            if len(self.known) >= MOST_LIBRARIES:
                raise PackageRefused("too_many_libraries", _("It needs more than %(n)d libraries.") % {"n": MOST_LIBRARIES})
            self.known[library] = []
            file = f"{library.folder}/{LIBRARY_JSON}"
            if file not in self._names:
                self._missing[str(library)] = library.folder
                continue
            about = _object(self._read, file)
            scripts, styles = self._files(library, about, "preloadedJs"), self._files(library, about, "preloadedCss")
            self.known[library] = scripts
            self._wrong += [name for name in scripts + styles if name not in self._names or not is_served(name)]
            waiting += _dependencies(about, file)

    def _files(self, library: Library, about: Mapping[str, Any], field: str) -> list[str]:
        listed = about.get(field) or []
        paths = [one.get("path") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        return [posixpath.normpath(f"{library.folder}/{path}") for path in paths if isinstance(path, str)]

    def refuse_missing(self) -> None:
        if self._missing:
            names = sorted(self._missing)
            more = f" … (+{len(names) - MOST_NAMED})" if len(names) > MOST_NAMED else ""
            raise PackageRefused(
                "missing_libraries",
                _(
                    "The file does not hold the libraries it needs: %(names)s. Download it anew from a site where these are "
                    "installed, or export it with its libraries."
                )
                % {"names": ", ".join(names[:MOST_NAMED]) + more},
            )
        if self._wrong:
            raise PackageRefused(
                "missing_files",
                _("Files of its libraries are missing: %(names)s. Export the exercise again.")
                % {"names": ", ".join(sorted(self._wrong)[:MOST_NAMED])},
            )

    def reports(self, main: Library) -> bool:
        """Does the content type ever say how somebody did? One whose scripts know nothing of xAPI cannot."""
        return any(b"xapi" in self._read(name, MOST_BYTES).lower() for name in self.known[main])
