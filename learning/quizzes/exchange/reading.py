"""The formats that can be read, by the name they have on the command line and in the form."""

from collections.abc import Callable

from django.db import models
from django.utils.translation import gettext_lazy as _

from learning.quizzes.exchange.found import Reading
from learning.quizzes.exchange.gift_reader import read_gift
from learning.quizzes.exchange.moodle_xml import read_moodle_xml


class Format(models.TextChoices):
    GIFT = "gift", _("GIFT")
    MOODLE_XML = "moodle-xml", _("Moodle XML")


_READERS: dict[str, Callable[[bytes], Reading]] = {Format.GIFT.value: read_gift, Format.MOODLE_XML.value: read_moodle_xml}


def read(data: bytes, format: str) -> Reading:
    """Read a file in this format. Raises UnreadableFile where it cannot be read at all."""
    return _READERS[format](data)
