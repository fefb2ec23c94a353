"""Masking of sources: administrators only; everybody else, the head included, is told so."""

from coaching.interactions.models import Source
from tests.access_table import Entry, only


def build(cast, now):
    return {"masked_source": Source.objects.create(key="mask-me", name="Mask me", masks_personal_data=True)}


def one(w):
    return [w.masked_source.pk]


ENTRIES = [
    Entry("source_list", get=only("admin")),
    Entry("source_mask", args=one, post=only("admin", status=302), data=lambda w: {"masks": "on"}),
    Entry("source_mask_stored", args=one, get=only("admin"), post=only("admin", status=302)),
]
