"""What this room announces upward."""

from dataclasses import dataclass

from foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class ReviewPublished(Event):
    """A review now stands and its person may read it. Announced inside the publishing transaction."""

    review_id: int


@dataclass(frozen=True, kw_only=True)
class ReviewWithdrawn(Event):
    """A published review no longer counts. Announced inside the withdrawing transaction."""

    review_id: int
