"""What each helpdesk is asked for when it is connected: where it lives, and which credentials.

Plain facts, read by the form and the guide's pages; how a helpdesk is read stands in clients/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.connectors.models import Connection

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ACCOUNT_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class AddressError(ValueError):
    """What was typed is no address of a helpdesk; the message says what to type."""


@dataclass(frozen=True)
class Credential:
    """One thing to type. A secret one is encrypted and never shown again."""

    name: str
    label: str | _StrPromise
    help: str | _StrPromise
    secret: bool = True


@dataclass(frozen=True)
class System:
    """`host` has a place for the account's name where the helpdesk is a service; "" where it runs anywhere."""

    key: str
    name: str
    address_label: str | _StrPromise
    address_help: str | _StrPromise
    credentials: tuple[Credential, ...]
    rights: str | _StrPromise
    host: str = ""

    def base_url(self, typed: str) -> str:
        """Scheme and host from what was typed: an account's name, a host or a whole address.

        Raises AddressError. http is kept where it was typed; the guard decides whether it is called.
        """
        text = typed.strip().rstrip("/")
        if self.host and ACCOUNT_NAME.fullmatch(text.lower()):
            text = self.host.format(text.lower())
        if "://" not in text:
            text = f"https://{text}"
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise AddressError(_("This is not an address. Type one like https://help.example.com.")) from error
        if parts.scheme not in {"https", "http"} or not host or any(letter.isspace() for letter in host):
            raise AddressError(_("This is not an address. Type one like https://help.example.com."))
        if parts.username or parts.password:
            raise AddressError(_("Leave user name and password out of the address; they have fields of their own."))
        named = f"[{host}]" if ":" in host else host
        return f"{parts.scheme}://{named}" + (f":{port}" if port else "")


SYSTEMS: dict[str, System] = {
    system.key: system
    for system in (
        System(
            Connection.System.ZENDESK,
            "Zendesk",
            gettext_lazy("Subdomain"),
            gettext_lazy("“pellgrove” if you sign in at pellgrove.zendesk.com."),
            (
                Credential(
                    "email",
                    gettext_lazy("E-mail of the account the token is used as"),
                    gettext_lazy("An administrator’s: Zendesk gives the incremental export to nobody else."),
                    secret=False,
                ),
                Credential("token", gettext_lazy("API token"), gettext_lazy("Admin Center → Apps and integrations → API tokens.")),
            ),
            gettext_lazy("An administrator’s account; token access must be switched on. Only reading is done with it."),
            host="{}.zendesk.com",
        ),
        System(
            Connection.System.FRESHDESK,
            "Freshdesk",
            gettext_lazy("Account name"),
            gettext_lazy("“pellgrove” if you sign in at pellgrove.freshdesk.com."),
            (
                Credential(
                    "api_key", gettext_lazy("API key"), gettext_lazy("Your picture, top right → Profile settings → View API key.")
                ),
            ),
            gettext_lazy("An agent who sees all tickets. An administrator’s key also tells the agents’ e-mails, by which people are matched."),
            host="{}.freshdesk.com",
        ),
        System(
            Connection.System.INTERCOM,
            "Intercom",
            gettext_lazy("Region’s address"),
            gettext_lazy("api.intercom.io; api.eu.intercom.io or api.au.intercom.io where your workspace is hosted there."),
            (
                Credential(
                    "token",
                    gettext_lazy("Access token"),
                    gettext_lazy("Settings → Integrations → Developer hub → your app → Authentication."),
                ),
            ),
            gettext_lazy("An app of your own workspace that may read conversations and list admins."),
        ),
        System(
            Connection.System.CHATWOOT,
            "Chatwoot",
            gettext_lazy("Address"),
            gettext_lazy("Where you sign in, for example https://app.chatwoot.com."),
            (
                Credential(
                    "account_id",
                    gettext_lazy("Account number"),
                    gettext_lazy("The number after /accounts/ in the address of your dashboard."),
                    secret=False,
                ),
                Credential("token", gettext_lazy("Access token"), gettext_lazy("Profile settings → Access token.")),
            ),
            gettext_lazy("An administrator of the account: agents see only their own inboxes, and no survey answers."),
        ),
        System(
            Connection.System.ZAMMAD,
            "Zammad",
            gettext_lazy("Address"),
            gettext_lazy("Where you sign in, for example https://help.example.com."),
            (
                Credential(
                    "token",
                    gettext_lazy("Access token"),
                    gettext_lazy("Your picture → Profile → Token access; tick “ticket.agent”."),
                ),
            ),
            gettext_lazy("An agent with read access to all groups that should count."),
        ),
    )
}  # fmt: skip
