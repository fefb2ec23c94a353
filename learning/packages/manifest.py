"""Reading imsmanifest.xml of SCORM 1.2 and SCORM 2004: the title, what can be opened, and what the package asks for.

Elements are found by their local name: the namespaces of the two standards, and of their editions, differ.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from learning.packages.content_types import is_served
from learning.packages.elements import attribute, child, children, local, text
from learning.packages.faults import PackageRefused
from learning.packages.sequencing import unfollowed_rules

MANIFEST = "imsmanifest.xml"
MOST_BYTES = 10 * 1024**2
MOST_ITEMS = 500
DEEPEST = 12
SCORM_12, SCORM_2004, H5P = "scorm12", "scorm2004", "h5p"


@dataclass(frozen=True)
class Item:
    """One line of the menu: a heading where `href` is empty, else something to open.

    `href` is the address of the launch file inside the package, quoted, with its query. `is_sco` tells what reports
    (a SCO) from what is only shown (an asset). Numbers are kept as the package wrote them, None where it said nothing.
    """

    identifier: str
    title: str
    depth: int
    href: str = ""
    is_sco: bool = False
    mastery_score: float | None = None  # 1.2: raw score from 0 to 100
    passing_scaled: float | None = None  # 2004: from -1 to 1
    completion_threshold: float | None = None  # 2004: from 0 to 1
    launch_data: str = ""
    max_time_allowed: str = ""
    time_limit_action: str = ""


@dataclass(frozen=True)
class Manifest:
    kind: str
    schema_version: str
    title: str
    items: tuple[Item, ...]
    warnings: tuple[str, ...] = field(default=())

    @property
    def launchable(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.href)

    def as_json(self) -> dict[str, Any]:
        return {"schema_version": self.schema_version, "items": [asdict(item) for item in self.items]}


def missing_manifest(names: frozenset[str]) -> PackageRefused:
    """What the archive is instead, where that can be told."""
    deeper = sorted(name for name in names if posixpath.basename(name).lower() == MANIFEST)
    endings = {name.rpartition(".")[2].lower() for name in names}
    lower = {name.lower() for name in names}
    if deeper:
        return PackageRefused(
            "manifest_not_at_root",
            _("imsmanifest.xml lies in the folder “%(folder)s”. Zip what is in the folder, not the folder itself.")
            % {"folder": posixpath.dirname(deeper[0]) or deeper[0]},
        )
    if {"au", "crs"} <= endings:
        return PackageRefused("aicc", _("This is an AICC package. Export it as SCORM 1.2 or SCORM 2004."))
    if lower & {"cmi5.xml", "tincan.xml"}:
        return PackageRefused("xapi", _("This is a cmi5 or xAPI package. Export it as SCORM 1.2 or SCORM 2004."))
    return PackageRefused(
        "no_manifest",
        _(
            "There is neither an imsmanifest.xml nor an h5p.json, so this is no package. Export it as SCORM 1.2, SCORM 2004 or H5P."
        ),
    )


def read_manifest(source: bytes, names: frozenset[str]) -> Manifest:
    """What the manifest says, checked against the files there are. Raises PackageRefused with the fault."""
    if len(source) > MOST_BYTES:
        raise PackageRefused("manifest_too_large", _("imsmanifest.xml is larger than 10 MB."))
    try:
        root = fromstring(source, forbid_dtd=True)
    except DefusedXmlException as error:
        raise PackageRefused("dtd", _("imsmanifest.xml holds a DTD or entities. Take them out.")) from error
    except (ParseError, ValueError, LookupError) as error:
        raise PackageRefused("bad_xml", _("imsmanifest.xml cannot be read: %(error)s.") % {"error": error}) from error
    if local(root.tag) != "manifest":
        raise PackageRefused(
            "bad_manifest", _("imsmanifest.xml is no manifest: it begins with <%(tag)s>.") % {"tag": local(root.tag)}
        )
    kind, schema_version = _kind_of(root)
    organization = _organization(root)
    resources = _Resources(root, names)
    reader = _Reader(kind, resources)
    items = tuple(reader.items(organization, 0))
    if not any(item.href for item in items):
        raise PackageRefused("nothing_to_launch", _("Nothing in the package can be opened: no item names a resource."))
    first = next(item for item in items if item.href)
    title = text(child(organization, "title")) or first.title
    warnings = reader.warnings + resources.warnings
    rules = unfollowed_rules(root, organization, several=sum(bool(item.href) for item in items) > 1)
    if rules:
        warnings.append(
            _(
                "The package has rules that are not followed here: %(rules)s. Learners open its parts from a menu, in any order, and "
                "it is complete when every part that reports is done."
            )
            % {"rules": "; ".join(rules)}
        )
    return Manifest(kind, schema_version, title[:255], items, tuple(warnings))


def _kind_of(root: Element) -> tuple[str, str]:
    """(scorm12 or scorm2004, the version as written). Raises PackageRefused where it is neither."""
    version = text(child(child(root, "metadata"), "schemaversion"))
    plain = version.lower()
    spaces = " ".join({name.partition("}")[0].strip("{") for element in root.iter() for name in (element.tag, *element.attrib)})
    if plain == "1.2":
        return SCORM_12, version
    if "2004" in plain or plain in {"cam 1.3", "1.3"}:
        return SCORM_2004, version
    if "adlcp_v1p3" in spaces:
        return SCORM_2004, version or "2004"
    if "adlcp_rootv1p2" in spaces:
        return SCORM_12, version or "1.2"
    raise PackageRefused("not_scorm", _("The manifest names neither SCORM 1.2 nor SCORM 2004. Export it as one of them."))


def _organization(root: Element) -> Element:
    organizations = child(root, "organizations")
    all_of_them = list(children(organizations, "organization")) if organizations is not None else []
    if organizations is None or not all_of_them:
        raise PackageRefused("no_organization", _("The manifest has no organization, so nothing says what to open."))
    default = attribute(organizations, "default")
    if not default:
        return all_of_them[0]
    found = next((one for one in all_of_them if attribute(one, "identifier") == default), None)
    if found is None:
        raise PackageRefused(
            "missing_organization", _("The manifest's default organization “%(name)s” is not in it.") % {"name": default[:80]}
        )
    return found


class _Resources:
    """The manifest's resources by identifier, and where each is opened."""

    def __init__(self, root: Element, names: frozenset[str]) -> None:
        self.names, self.warnings = names, list[str]()
        section = child(root, "resources")
        self._base = attribute(root, "base") + (attribute(section, "base") if section is not None else "")
        self._by_id = {attribute(one, "identifier"): one for one in children(section, "resource")} if section is not None else {}
        listed = {
            self._base + attribute(one, "base") + attribute(f, "href")
            for one in self._by_id.values()
            for f in children(one, "file")
        }
        gone = sorted(name for name in listed if name and unquote(urlsplit(name).path) not in names)
        if gone:
            self.warnings.append(
                _("%(n)d files that the manifest lists are missing, for example %(name)s.")
                % {"n": len(gone), "name": gone[0][:120]}
            )

    def get(self, identifier: str, title: str) -> Element:
        if identifier not in self._by_id:
            raise PackageRefused(
                "missing_resource",
                _("“%(title)s” opens the resource “%(name)s”, which the manifest does not have.")
                % {"title": title[:80], "name": identifier[:80]},
            )
        return self._by_id[identifier]

    def launch(self, resource: Element, parameters: str, title: str) -> str:
        """The quoted address inside the package, with query and fragment. Raises PackageRefused where it opens nothing."""
        written = attribute(resource, "href")
        if not written:
            raise PackageRefused(
                "no_launch", _("“%(title)s” has no launch file (href). Export it again.") % {"title": title[:80]}
            )
        parts = urlsplit(self._base + attribute(resource, "base") + written.replace("\\", "/"))
        if parts.scheme or parts.netloc:
            raise PackageRefused(
                "launch_elsewhere",
                _("“%(title)s” opens another site; a package must hold what it shows.") % {"title": title[:80]},
            )
        path = posixpath.normpath(unquote(parts.path)).lstrip("/")
        if path not in self.names:
            path = next((name for name in self.names if name.casefold() == path.casefold()), path)
        if path not in self.names or not is_served(path):
            raise PackageRefused(
                "missing_launch",
                _("“%(title)s” opens “%(path)s”, which is not in the package or no page.")
                % {"title": title[:80], "path": path[:120]},
            )
        return quote(path) + _with_parameters(parts.query, parts.fragment, parameters)


def _with_parameters(query: str, fragment: str, parameters: str) -> str:
    """Query and fragment of the resource with the item's parameters, put together as the content packaging standard says."""
    parameters = re.sub(r"^[?&]+", "", parameters.strip())
    if parameters.startswith("#"):
        fragment, parameters = fragment or parameters[1:], ""
    query = "&".join(part for part in (query, parameters) if part)
    return (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


class _Reader:
    def __init__(self, kind: str, resources: _Resources) -> None:
        self.kind, self.resources, self.warnings = kind, resources, list[str]()
        self._count = 0

    def items(self, parent: Element, depth: int) -> Iterator[Item]:
        if depth > DEEPEST:
            raise PackageRefused("too_deep", _("The menu is nested more than %(n)d levels deep.") % {"n": DEEPEST})
        for element in children(parent, "item"):
            self._count += 1
            if self._count > MOST_ITEMS:
                raise PackageRefused("too_many_items", _("The menu has more than %(n)d entries.") % {"n": MOST_ITEMS})
            reference = attribute(element, "identifierref")
            hidden = attribute(element, "isvisible").lower() == "false"
            if reference:
                yield self._item(element, reference, depth)
            elif not hidden:
                yield Item(attribute(element, "identifier")[:200], text(child(element, "title"))[:255], depth)
            yield from self.items(element, depth + 1)

    def _item(self, element: Element, reference: str, depth: int) -> Item:
        title = text(child(element, "title")) or reference
        resource = self.resources.get(reference, title)
        href = self.resources.launch(resource, attribute(element, "parameters"), title)
        threshold = child(element, "completionThreshold")
        written = text(threshold) or (attribute(threshold, "minProgressMeasure") if threshold is not None else "")
        launch_data = child(element, "datafromlms") if self.kind == SCORM_12 else child(element, "dataFromLMS")
        return Item(
            identifier=attribute(element, "identifier")[:200],
            title=title[:255],
            depth=depth,
            href=href,
            # Required by both standards; where a tool forgot it, the part most likely reports.
            is_sco=attribute(resource, "scormtype").lower() != "asset",
            mastery_score=self._number(text(child(element, "masteryscore")), 0, 100, title),
            passing_scaled=self._number(_normalized_measure(element), -1, 1, title),
            completion_threshold=self._number(written, 0, 1, title),
            launch_data=(launch_data.text or "").strip()[:4096] if launch_data is not None else "",
            max_time_allowed=text(child(element, "maxtimeallowed"))[:40],
            time_limit_action=(text(child(element, "timelimitaction")) or text(child(element, "timeLimitAction")))[:40],
        )

    def _number(self, written: str, least: float, most: float, title: str) -> float | None:
        if not written:
            return None
        number = float(written) if re.fullmatch(r"[-+]?\d{1,6}(\.\d{1,9})?", written) else None
        if number is None or not least <= number <= most:
            about = {"title": title[:80], "value": written[:40]}
            self.warnings.append(_("“%(title)s” asks for a score that makes no sense (%(value)s); it is left out.") % about)
            return None
        return number


def _normalized_measure(item: Element) -> str:
    """2004: the pass mark of the primary objective, where success is measured by the score."""
    objectives = child(child(item, "sequencing"), "objectives")
    primary = child(objectives, "primaryObjective")
    if primary is None or attribute(primary, "satisfiedByMeasure").lower() != "true":
        return ""
    return text(child(primary, "minNormalizedMeasure")) or "1.0"
