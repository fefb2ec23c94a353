"""The second host name on which packages run, apart from the site and without its cookies (`CONTENT_ORIGIN`)."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from learning.packages.faults import PackageError

_PORTS = {"http": 80, "https": 443}


def content_host() -> tuple[str, int] | None:
    """Name and port of the content host; None where no origin is set or it cannot be read."""
    return host_and_port(settings.CONTENT_ORIGIN)


def host_and_port(origin: str) -> tuple[str, int] | None:
    parts = urlsplit(origin)
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    try:
        return parts.hostname.lower().rstrip("."), parts.port or _PORTS[parts.scheme]
    except ValueError:
        return None


def is_same_host(origin: str, other: str) -> bool:
    """Do both lie on one host name? Another port does not keep cookies apart."""
    one, two = host_and_port(origin), host_and_port(other)
    return one is not None and two is not None and one[0] == two[0]


def content_origin_beside(app_origin: str) -> str:
    """Where the player is opened from a page of `app_origin`. Raises PackageError where that would not be kept apart."""
    if content_host() is None:
        raise PackageError(
            _("Packages cannot be opened here: the administrator must first set CONTENT_ORIGIN to a second host name for them.")
        )
    if is_same_host(settings.CONTENT_ORIGIN, app_origin):
        raise PackageError(
            _(
                "Packages cannot be opened here: CONTENT_ORIGIN is the host name of this site. The administrator must set another one."
            )
        )
    return str(settings.CONTENT_ORIGIN)
