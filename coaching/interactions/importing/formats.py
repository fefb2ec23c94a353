"""Which exports are understood by themselves. A native format is one entry more in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coaching.interactions.importing.mapping import Mapping
from coaching.interactions.importing.problems import MappingError

NAMES = ("auto", "zendesk", "freshdesk", "intercom", "helpscout", "chatwoot", "zammad", "servicenow", "generic")


@dataclass(frozen=True)
class Format:
    """A known export: how its header is recognised, and the mapping it comes with (None: the caller brings one)."""

    name: str
    recognises: Callable[[Sequence[str]], bool]
    mapping: Callable[[str], Mapping] | None = None


FORMATS: dict[str, Format] = {"generic": Format("generic", lambda header: False)}


def choose_mapping(name: str, mapping: Mapping | None, header: Sequence[str] = ()) -> Mapping:
    """The mapping for a format name, or for "auto" the one whose format recognises the header.

    Raises MappingError where neither a mapping was given nor a format is known.
    """
    if mapping is not None and name in {"auto", "generic"}:
        return mapping
    if name in FORMATS and FORMATS[name].mapping is not None:
        return FORMATS[name].mapping(name)  # type: ignore[misc]
    if name == "auto":
        for known in FORMATS.values():
            if known.mapping is not None and known.recognises(header):
                return known.mapping(known.name)
    if name not in {"auto", "generic"}:
        raise MappingError(_("The format %(name)s is not built in yet. Use --format generic with a mapping.") % {"name": name})
    raise MappingError(_("Say what the columns mean: --mapping FILE.toml (see docs/guides/importing.md)."))
