"""The guide's entry page, and guideline modules: pages of standards with examples."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.fields import StreamField
from wagtail.search import index

from cms.blocks import GuidelineBody
from cms.models.base import GuidePage


def section_anchor(heading: str) -> str:
    """The address of a section inside its page: stable as long as its heading is."""
    return f"section-{slugify(heading)}"


@dataclass(frozen=True)
class Section:
    anchor: str
    heading: str


class GuideIndex(GuidePage):
    """The root of `/guide/`."""

    lead = models.TextField(_("lead"), blank=True, help_text=_("One or two sentences under the title."))

    content_panels = [*GuidePage.content_panels, FieldPanel("lead")]
    max_count = 1
    template = "cms/guide_index.html"

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")


class GuidelineModule(GuidePage):
    """A page of standards with examples, read in five minutes: what we do, why, and how it sounds."""

    intro = models.TextField(
        _("introduction"), help_text=_("Two or three sentences: the situation this is for, and what it asks.")
    )
    body = StreamField(GuidelineBody(), verbose_name=_("body"), blank=True)

    content_panels = [
        HelpPanel(template="cms/admin/guideline_help.html"),
        *GuidePage.content_panels,
        FieldPanel("intro"),
        FieldPanel("body"),
    ]
    search_fields = [
        *GuidePage.search_fields,
        index.SearchField("intro", boost=2),
        index.SearchField("body"),
        index.AutocompleteField("intro"),
        index.AutocompleteField("body"),
    ]
    parent_page_types = ["cms.GuideIndex"]
    subpage_types: list[str] = []
    template = "cms/guideline_module.html"

    class Meta:
        verbose_name = _("guideline module")
        verbose_name_plural = _("guideline modules")

    def clean(self) -> None:
        super().clean()
        anchors = [section.anchor for section in self.sections()]
        if len(anchors) != len(set(anchors)):
            raise ValidationError({"body": _("Two section headings are the same. The list of contents needs different ones.")})

    def sections(self) -> list[Section]:
        """The headings of the list of contents, in order."""
        return [Section(section_anchor(part["value"]), part["value"]) for part in self.body.raw_data if part["type"] == "section"]

    def standard_ids(self) -> list[int]:
        """Primary keys of the standards this page names, in order, without opening them."""
        return standard_ids_in(list(self.body.raw_data))

    def minutes_to_read(self) -> int:
        """At 200 words a minute, rounded up."""
        words = len(self.intro.split()) + sum(
            len(text.split()) for text in self.body.stream_block.get_searchable_content(self.body)
        )
        return max(1, -(-words // 200))


def standard_ids_in(raw_body: list[dict[str, object]]) -> list[int]:
    """Primary keys of the standards in a stored body (also that of a revision)."""
    found: list[int] = []
    for part in raw_body:
        if part["type"] != "standards":
            continue
        value = part["value"]
        items = value.get("standards", []) if isinstance(value, dict) else []
        for item in items:
            pk = item.get("value") if isinstance(item, dict) else item
            if pk is not None and int(pk) not in found:
                found.append(int(pk))
    return found
