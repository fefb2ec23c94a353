"""The pieces a guideline module is written in. Each has its own template; none renders raw HTML.

Rich text goes through `clean_richtext` in the templates, because Wagtail renders what is stored.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

RICH_TEXT_FEATURES = ["h3", "h4", "bold", "italic", "ol", "ul", "link", "document-link", "blockquote"]


class CleanRichTextBlock(blocks.RichTextBlock):
    """Rich text with a small set of tools, sanitised again when it is shown."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", RICH_TEXT_FEATURES)
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "cms/blocks/rich_text.html"


class SectionBlock(blocks.CharBlock):
    """A heading that also stands in the list of contents."""

    class Meta:
        icon = "title"
        label = _("Section heading")
        template = "cms/blocks/section.html"


class DoDontBlock(blocks.StructBlock):
    """The same moment twice: how we handle it, and the tempting version."""

    situation = blocks.CharBlock(max_length=200, label=_("Situation"), help_text=_("For example: the parcel is two days late."))
    do = blocks.TextBlock(label=_("Do"))
    dont = blocks.TextBlock(label=_("Don't"))
    because = blocks.TextBlock(required=False, label=_("Because"))

    class Meta:
        icon = "tick-inverse"
        label = _("Do and don't")
        template = "cms/blocks/do_dont.html"


class TurnBlock(blocks.StructBlock):
    """One thing said, and (for readers) why it was said like that."""

    speaker = blocks.ChoiceBlock(
        choices=[("customer", _("Customer")), ("rep", _("Us")), ("internal", _("Among us"))], label=_("Who")
    )
    text = blocks.TextBlock(label=_("What is said"))
    note = blocks.CharBlock(required=False, max_length=300, label=_("Note in the margin"))

    class Meta:
        icon = "comment"
        label = _("Turn")


class ConversationBlock(blocks.StructBlock):
    """An example conversation; invented or rewritten, never a customer's own words with their name."""

    title = blocks.CharBlock(max_length=120, label=_("Title"))
    setting = blocks.TextBlock(required=False, label=_("Setting"), help_text=_("Channel and what happened before."))
    turns = blocks.ListBlock(TurnBlock(), min_num=2, label=_("Turns"))

    class Meta:
        icon = "openquote"
        label = _("Example conversation")
        template = "cms/blocks/conversation.html"


class ChecklistBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=120, label=_("Title"))
    items = blocks.ListBlock(blocks.CharBlock(max_length=300), min_num=1, label=_("Points"))

    class Meta:
        icon = "list-ul"
        label = _("Checklist")
        template = "cms/blocks/checklist.html"


class FigureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(
        max_length=250, label=_("Text alternative"), help_text=_("What somebody who cannot see the image needs to know from it.")
    )
    caption = blocks.CharBlock(required=False, max_length=250, label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Image")
        template = "cms/blocks/figure.html"


class FileBlock(blocks.StructBlock):
    """A file to download, or a video to watch here. Nothing is embedded from other hosts."""

    file = DocumentChooserBlock(label=_("File"))
    caption = blocks.CharBlock(max_length=250, label=_("Caption"), help_text=_("What it is and how long it takes."))
    subtitles = DocumentChooserBlock(
        required=False, label=_("Subtitles"), help_text=_("A WebVTT file (.vtt). Every video with speech needs one.")
    )

    class Meta:
        icon = "doc-full"
        label = _("Video or file")
        template = "cms/blocks/file.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        document = value.get("file")
        extension = document.file_extension.lower() if document else ""
        context["video_type"] = {"mp4": "video/mp4", "webm": "video/webm"}.get(extension, "")
        return context


class StandardsBlock(blocks.StructBlock):
    standards = blocks.ListBlock(SnippetChooserBlock("cms.Standard"), min_num=1, label=_("Standards"))

    class Meta:
        icon = "check"
        label = _("Standards")
        template = "cms/blocks/standards.html"


class ObjectiveBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=120, label=_("Objective"))
    text = blocks.TextBlock(label=_("What it means"), help_text=_("How a customer notices, and how we would notice."))

    class Meta:
        icon = "crosshairs"
        label = _("Objective")


class GuidelineBody(blocks.StreamBlock):
    section = SectionBlock(max_length=120)
    text = CleanRichTextBlock()
    do_dont = DoDontBlock()
    conversation = ConversationBlock()
    checklist = ChecklistBlock()
    image = FigureBlock()
    file = FileBlock()
    standards = StandardsBlock()
