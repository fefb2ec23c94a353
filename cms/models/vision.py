"""The vision: what customers should be able to say about us, and what we do to get there."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from cms.blocks import ObjectiveBlock
from cms.models.base import GuidePage


class Vision(GuidePage):
    statement = models.CharField(
        _("statement"), max_length=280, help_text=_("One sentence. What a customer says about us when we are not in the room.")
    )
    text = models.TextField(_("text"), blank=True, help_text=_("A few short paragraphs: why this, and what it rules out."))
    objectives = StreamField([("objective", ObjectiveBlock())], verbose_name=_("objectives"), blank=True)

    content_panels = [*GuidePage.content_panels, FieldPanel("statement"), FieldPanel("text"), FieldPanel("objectives")]
    search_fields = [
        *GuidePage.search_fields,
        index.SearchField("statement"),
        index.SearchField("text"),
        index.SearchField("objectives"),
    ]
    parent_page_types = ["cms.GuideIndex"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    template = "cms/vision.html"

    class Meta:
        verbose_name = _("vision")
        verbose_name_plural = _("visions")
