"""The design language as template tags: built in, so templates need no {% load %}.

Block tags wrap their content (`{% card title=… %}…{% endcard %}`); the markup itself lives in
templates/ui/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from foundation import charts
from foundation.icons import ICONS

register = template.Library()

TONE_ICONS = {"good": "check", "attention": "alert", "bad": "cross", "info": "info", "neutral": ""}


def _stripped(content: str) -> str:
    """A block's content without outer white space; still marked safe, since the template rendered it."""
    return content.strip() and content


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon, hidden from screen readers: the words beside it say the same."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" '
        'stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        ICONS[name],
    )


@register.simple_block_tag
def page_header(content: str, title: str, lead: str = "", eyebrow: str = "") -> str:
    """The page's h1 with a lead sentence; the content holds its actions."""
    return render_to_string(
        "ui/page_header.html", {"title": title, "lead": lead, "eyebrow": eyebrow, "actions": _stripped(content)}
    )


@register.simple_block_tag
def card(content: str, title: str = "", hint: str = "", tone: str = "", id: str = "") -> str:
    """A surface with an optional h2. Tones: quiet, accent, attention, bad, good."""
    return render_to_string("ui/card.html", {"content": content, "title": title, "hint": hint, "tone": tone, "id": id})


@register.simple_block_tag
def empty_state(content: str, title: str, text: str = "", icon: str = "inbox") -> str:
    """What a list says when it has nothing to show, and what to do next (the content)."""
    return render_to_string(
        "ui/empty_state.html", {"title": title, "text": text, "icon_name": icon, "actions": _stripped(content)}
    )


@register.simple_tag
def pill(text: str, tone: str = "neutral") -> SafeString:
    """A status in a word. The tone's icon repeats what its colour says."""
    mark = icon(TONE_ICONS[tone]) if TONE_ICONS.get(tone) else ""
    return format_html('<span class="pill pill--{}">{}{}</span>', tone, mark, text)


@register.simple_tag
def stat(
    label: str,
    value: str | None,
    n: int | None = None,
    low: str | None = None,
    high: str | None = None,
    href: str = "",
    note: str = "",
    points: Sequence[float | None] = (),
    unit: str = "",
) -> str:
    """A stat tile. `value`, `low`, `high` are already formatted; None reads "Not enough data yet"."""
    return render_to_string(
        "ui/stat.html",
        {
            "label": label, "value": value, "n": n, "low": low, "high": high, "href": href, "note": note, "unit": unit,
            "chart": charts.sparkline(points) if points else "",
        },
    )  # fmt: skip


@register.simple_tag
def sparkline(points: Sequence[float | None], label: str = "") -> SafeString | str:
    return charts.sparkline(points, label)


@register.simple_tag
def interval_bar(value: float | None, low: float | None, high: float | None, target: float | None = None) -> SafeString | str:
    return charts.interval_bar(value, low, high, target)


@register.simple_tag
def progress(value: float, max: float = 100, label: str = "") -> SafeString:
    """A progress bar with its words; `value` of `max`."""
    share = 0 if not max else min(100, round(100 * float(value) / float(max)))
    return format_html(
        '<div class="progress-ui"><progress value="{}" max="{}" aria-label="{}"></progress><span class="small nowrap">{}</span></div>',
        value, max, label or _("Progress"), label or _("%(share)s %%") % {"share": share},
    )  # fmt: skip


@register.simple_tag
def stepper(steps: Sequence[Mapping[str, Any]]) -> str:
    """Steps of something with an order: mappings with label, url (optional), done, current."""
    return render_to_string("ui/stepper.html", {"steps": steps})


@register.simple_tag(takes_context=True)
def pagination(context: Context, page_obj: Page[Any]) -> str:
    """Previous, pages, next; keeps the other query parameters. Nothing where one page holds all."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is not None:
        query.pop("page", None)
    return render_to_string(
        "ui/pagination.html",
        {
            "page_obj": page_obj,
            "pages": page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1),
            "ellipsis": page_obj.paginator.ELLIPSIS,
            "query": f"{query.urlencode()}&" if query else "",
        },
    )


@register.filter
def percent(value: float | None, digits: int = 0) -> str:
    """0.8234 → "82 %"; None → "–"."""
    return "–" if value is None or value == "" else f"{number_format(round(value * 100, digits), digits)} %"


@register.filter
def number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None or value == "" else _grouped(round(value, digits) + 0, digits, get_language())


@lru_cache(maxsize=4096)
def _grouped(value: float, digits: int, language: str | None) -> str:
    """Remembered: a board writes the same few hundred numbers over and over."""
    return number_format(value, digits, use_l10n=True, force_grouping=True)


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds in the two largest units that say something: "40 s", "12 min", "3 h 20 min", "2 days 4 h"."""
    if seconds is None:
        return "–"
    total = round(seconds)
    if total < 60:
        return _("%(n)s s") % {"n": total}
    minutes = round(total / 60)
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return _("%(h)s h %(m)s min") % {"h": hours, "m": minutes} if minutes else _("%(h)s h") % {"h": hours}
    days, hours = divmod(round(total / 3600), 24)
    text = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return _("%(days)s %(h)s h") % {"days": text, "h": hours} if hours else text


@register.filter
def initials(name: str) -> str:
    """First letters of the first and last word: "Rita Example" → "RE"."""
    words = str(name).split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
