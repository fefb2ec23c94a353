"""Text that editors wrote, made safe to show. The one place where stored markup becomes HTML.

Wagtail renders rich text as it is stored and so trusts whatever reached the database (an import,
a restored backup, an editor's crafted request). Everything passes nh3's allow-list here instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import nh3
from django import template
from django.conf import settings
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import RichText, expand_db_html

from cms.models.guideline import section_anchor
from cms.search import excerpt as cut_excerpt

register = template.Library()

_MARK, _END = SafeString("<mark>"), SafeString("</mark>")

ALLOWED_TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "i", "img", "li", "ol", "p", "strong", "sub", "sup", "ul",
}  # fmt: skip
ALLOWED_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "width", "height"}}
ALLOWED_SCHEMES = {"http", "https", "mailto", "tel"}


def _only_our_images(tag: str, attribute: str, value: str) -> str | None:
    """Pictures come from our own media folder: a remote one tells its host who reads what."""
    if tag == "img" and attribute == "src" and not value.startswith(settings.MEDIA_URL):
        return None
    return value


@register.filter
def clean_richtext(value: RichText | str | None) -> SafeString:
    """HTML of a rich text value (block, field or stored source), reduced to the allow-list."""
    source = value.source if isinstance(value, RichText) else str(value or "")
    html = nh3.clean(
        expand_db_html(source),
        tags=ALLOWED_TAGS,
        clean_content_tags={"script", "style", "template", "noscript", "svg", "math", "iframe", "object", "textarea", "title"},
        attributes=ALLOWED_ATTRIBUTES,
        attribute_filter=_only_our_images,
        url_schemes=ALLOWED_SCHEMES,
        link_rel="noopener noreferrer",
    )
    return mark_safe(html)  # noqa: S308 - nh3 has just reduced it to the allow-list


@register.filter
def section_id(heading: str) -> str:
    return section_anchor(heading)


@register.filter
def excerpt(text: str, terms: Iterable[str]) -> str:
    """The passage around the first hit, as plain text (escaped by whoever shows it)."""
    return cut_excerpt(str(text), list(terms))


@register.filter
def highlight(text: str, terms: Iterable[str]) -> SafeString | str:
    """Plain text with `<mark>` around each word that begins with one of the terms; everything escaped."""
    wanted = [re.escape(term) for term in terms if term]
    if not wanted:
        return conditional_escape(text)
    pieces = re.split(rf"(\b(?:{'|'.join(wanted)})\w*)", str(text), flags=re.IGNORECASE)
    return format_html_join(
        "", "{}{}{}", ((_MARK, piece, _END) if place % 2 else ("", piece, "") for place, piece in enumerate(pieces))
    )
