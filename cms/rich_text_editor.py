"""The editor of rich text, forgiving about what is stored.

Wagtail's editor turns stored markup into its own form and breaks (the whole form answers 500) where a
tag is closed that was never opened, or a link stands outside a paragraph: an import or a restored
backup may hold such markup. It is mended here before it is opened, so that an editor can see it and save it well.
"""

from __future__ import annotations

import logging
from html import escape

import nh3
from django.utils.html import strip_tags
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea

# What Wagtail's parser raises, depending on what its stack runs into.
UNREADABLE = (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError)
LOG = logging.getLogger(__name__)
BLOCKS = {"p", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "hr"}
INLINE = {"a", "b", "br", "code", "em", "i", "strong", "sub", "sup"}
# What Wagtail writes beside HTML's own: which page or file a link means, and the keys of its blocks.
ATTRIBUTES = {"a": {"href", "linktype", "id", "title"}, **{tag: {"data-block-key"} for tag in BLOCKS}}


class ForgivingRichTextArea(DraftailRichTextArea):
    def format_value(self, value: object) -> str:
        source = str(getattr(value, "source", value) or "")
        for read in (str, balanced, plain):
            try:
                return str(super().format_value(read(source)))
            except UNREADABLE as error:
                LOG.warning("Stored rich text must be mended for the editor: %s", error)
        return str(super().format_value(""))


def balanced(source: str) -> str:
    """The same markup as an HTML parser understands it: every tag opened and closed, nothing but what the editor knows."""
    html = nh3.clean(source, tags=BLOCKS | INLINE, attributes=ATTRIBUTES, link_rel=None)
    return html.replace("<br>", "<br/>").replace("<hr>", "<hr/>")  # Wagtail reads XML's way of writing


def plain(source: str) -> str:
    """Its words only, one paragraph per line."""
    lines = [line.strip() for line in strip_tags(balanced(source)).splitlines()]
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines if line)
