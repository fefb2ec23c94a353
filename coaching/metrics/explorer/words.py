"""Channels, topics and segments as a reader reads them, and as an address carries them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from coaching.interactions.models import Interaction
from coaching.metrics.explorer.models import OTHER

NONE_STATED = "-"  # in an address: cases that state none; an empty value there means all


def kind_in_words(dimension: str, value: str) -> str:
    """A channel, topic or segment as a reader reads it."""
    if value == OTHER:
        return _("All other topics") if dimension == "topic" else _("All other segments")
    if value:
        return str(Interaction.Channel(value).label) if dimension == "channel" and value in Interaction.Channel else value
    return {"topic": _("No topic stated"), "channel": _("No case known")}.get(dimension, _("No segment known"))


def to_address(value: str) -> str:
    return value or NONE_STATED


def from_address(value: str) -> str | None:
    """None: all of them."""
    return {"": None, NONE_STATED: ""}.get(value, value)
