"""How this room writes scores, due dates and its own tabs."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.quality import queries, tabs
from coaching.quality.models import Criterion, Section
from foundation.templatetags.ui import pill

register = template.Library()


@register.filter
def score(value: float | None) -> str:
    """A score of 100 as a whole number; "–" where nothing applied."""
    return "–" if value is None else number_format(round(value), 0)


@register.filter
def points(value: float | None) -> str:
    """Points or a worth with up to two decimals, without trailing zeros."""
    if value is None:
        return "–"
    return number_format(f"{value:.2f}".rstrip("0").rstrip(".") or "0")


@register.filter
def guide_part(criterion: Criterion) -> queries.GuidePart | None:
    """The part of the guide this criterion rests on."""
    return queries.guide_part(criterion)


@register.filter
def cause_rows(criterion: Criterion) -> list[queries.CauseRow]:
    """Its root causes with their paths."""
    return queries.cause_rows(criterion)


@register.filter
def asked_words(criterion: Criterion, parts: Iterable[Section]) -> str:
    """When it is asked, in words; `parts` are the sections of its version."""
    return queries.condition_words(criterion, {c.key: c for part in parts for c in part.criteria.all()})


@register.filter
def time_code(seconds: float | None) -> str:
    """Where in a recording, as 1:02:03 or 2:03."""
    minutes, rest = divmod(int(seconds or 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@register.simple_tag
def due_pill(due_on: date, today: date) -> SafeString:
    """When it is due, in words; overdue and nearly due stand out."""
    days = (due_on - today).days
    if days < 0:
        return pill(ngettext("Overdue by %(n)s day", "Overdue by %(n)s days", -days) % {"n": -days}, "bad")
    if days == 0:
        return pill(_("Due today"), "attention")
    if days == 1:
        return pill(_("Due tomorrow"), "attention")
    return pill(_("Due %(day)s") % {"day": date_format(due_on, "j M")})


@register.inclusion_tag("coaching/quality/_tabs.html", takes_context=True)
def quality_tabs(context: Context, current: str) -> dict[str, Any]:
    """The parts of this room that the signed-in person uses, and the pages of the part they are in."""
    groups = tabs.groups_for(context["request"].user, timezone.localdate(), current)
    return {"groups": groups, "current": current}
