"""The source that a token or a webhook is for."""

from django.utils.translation import gettext as _

from coaching.feeds.intake import SOURCE_KEY
from coaching.feeds.services.errors import FeedError
from coaching.interactions.models import Source


def source_for(key: str) -> Source:
    """The source of this key, made where there is none. Raises FeedError where it can be no key."""
    if not SOURCE_KEY.fullmatch(key):
        raise FeedError(_("The source must be 1 to 60 letters, digits, “-” or “_”, for example zendesk."))
    return Source.objects.get_or_create(key=key, defaults={"name": key})[0]
