"""Why practice does not go on like this. Every message says what to do."""

from django.utils.translation import gettext as _


class PracticeError(Exception):
    """The answer or the wish cannot be taken; the message says why and what to do."""


class Incomplete(PracticeError):
    """There is no whole answer yet."""

    def __init__(self) -> None:
        super().__init__(_("The question has no answer yet."))
