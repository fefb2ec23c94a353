"""Which assistant is configured, by the environment; none by default."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

PATH = "/chat/completions"


@dataclass(frozen=True)
class Endpoint:
    """`url` is the full address of chat completions; `key` is never shown, not even in an error."""

    url: str
    model: str
    key: str = field(repr=False)

    @property
    def host(self) -> str:
        """For people: where conversations go."""
        return urlsplit(self.url).hostname or ""

    @property
    def allowed(self) -> str:
        """ "host:port", which the guarded client may call although it may be in a private network.

        Who sets the environment could call it by other means anyway. Nobody else can change it, and no other call gains by it.
        """
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def endpoint() -> Endpoint | None:
    """The configured assistant; None where ASSISTANT_URL or ASSISTANT_MODEL is not set."""
    url, model = settings.ASSISTANT_URL.rstrip("/"), settings.ASSISTANT_MODEL
    if not url or not model:
        return None
    return Endpoint(url=url if url.endswith(PATH) else url + PATH, model=model, key=settings.ASSISTANT_KEY)
