"""The exports that are understood by themselves: one file per system, each a list of variants and its reshapes."""

from __future__ import annotations

from coaching.interactions.importing.json_rows import Reshape
from coaching.interactions.importing.systems import (
    chatwoot,
    freshdesk,
    helpscout,
    intercom,
    others,
    servicenow,
    zammad,
    zendesk,
)
from coaching.interactions.importing.variants import Variant

SYSTEMS = (zendesk, freshdesk, intercom, helpscout, chatwoot, zammad, servicenow, others)
VARIANTS: tuple[Variant, ...] = tuple(variant for system in SYSTEMS for variant in system.VARIANTS)
RESHAPES: dict[str, Reshape] = {name: shape for system in SYSTEMS for name, shape in system.RESHAPES.items()}
