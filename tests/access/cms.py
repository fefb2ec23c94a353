"""The guide is for everybody who works here and for nobody else; its drafts are the editors' own."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from cms.models import Standard
from cms.services import ensure_site, publish_starter_content
from tests.access_table import Entry, signed_in

PICTURE = "access-table.png"
ORIGINAL = "access-table-original.png"


def build(cast, now):
    ensure_site(now=now)
    publish_starter_content(actor=None, now=now)
    Standard.objects.create(key="half-written", title="Half written", behaviour="…", live=False)
    for path in (f"images/{PICTURE}", f"original_images/{ORIGINAL}"):
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(b"\x89PNG\r\n\x1a\n"))
    return {}


ENTRIES = [
    Entry("standard_list", get=signed_in(200)),
    Entry("standard_detail", args=lambda w: ["warm-greeting"], get=signed_in(200)),
    Entry("standard_detail", args=lambda w: ["half-written"], get=signed_in(404), case="draft"),
    Entry("guide_search", get=signed_in(200), query="?q=refund"),
    Entry("guide_image", args=lambda w: [PICTURE], get=signed_in(200)),
    # Originals as uploaded are served to nobody.
    Entry("guide_image", args=lambda w: [ORIGINAL], get=signed_in(404), case="original"),
]
