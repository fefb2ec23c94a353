"""What good looks like, as editors publish it."""

from cms.models.standard import Standard

__all__ = ["Standard"]
