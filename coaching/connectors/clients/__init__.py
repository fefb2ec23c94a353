"""One thin client per helpdesk: which requests bring what is new, and where the next page begins.

Loaded by name when a helpdesk is called, so that no start of the site pays for the HTTP library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from coaching.connectors.clients.base import Client

CLASSES = {
    "zendesk": "coaching.connectors.clients.zendesk.Zendesk",
    "freshdesk": "coaching.connectors.clients.freshdesk.Freshdesk",
    "intercom": "coaching.connectors.clients.intercom.Intercom",
    "chatwoot": "coaching.connectors.clients.chatwoot.Chatwoot",
    "zammad": "coaching.connectors.clients.zammad.Zammad",
}


def client_class(system: str) -> type[Client]:
    """The client of a system. Raises KeyError for one without."""
    found: type[Client] = import_string(CLASSES[system])
    return found
