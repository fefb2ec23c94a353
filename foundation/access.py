"""The answer of every `can_<verb>()`: allowed, or denied with a reason the user reads."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise


@dataclass(frozen=True)
class Decision:
    """Truthy when allowed. A denial always carries its reason."""

    allowed: bool
    reason: str | Promise = ""

    def __bool__(self) -> bool:
        return self.allowed

    def or_403(self) -> None:
        """Raise PermissionDenied with the reason; the 403 page shows it."""
        if not self.allowed:
            raise PermissionDenied(str(self.reason))


ALLOWED = Decision(True)


def denied(reason: str | Promise) -> Decision:
    return Decision(False, reason)
