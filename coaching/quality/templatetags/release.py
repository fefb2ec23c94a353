"""How this room says that a review waits."""

from django import template
from django.utils import timezone

from coaching.quality.models import ReleaseStep, Review
from coaching.quality.release.queries import Waiting, waiting_of

register = template.Library()


@register.simple_tag
def waiting_since(review: Review) -> Waiting | None:
    """How long a published review waits to be acknowledged; nothing where that is not asked."""
    return waiting_of(review, timezone.localdate())


@register.simple_tag
def cause_words(review: Review) -> str:
    """Why it was handed in for approval; `cause` is read with the rows."""
    cause = getattr(review, "cause", "")
    return str(ReleaseStep.Cause(cause).label) if cause else ""
