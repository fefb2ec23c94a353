"""How this room writes scores, due dates and its own tabs."""

from datetime import date
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.quality import access
from coaching.quality.disputes.access import disputes_visible_to
from coaching.quality.exchange.access import can_export_quality, can_import_reviews
from foundation.templatetags.ui import pill
from people.models import Role

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
    """The parts of this room that the signed-in person uses."""
    person = context["request"].user
    today = timezone.localdate()
    tabs = []
    leads = access.leads_somebody(person, today)
    if current == "queue" or access.has_queue(person):
        tabs.append(("queue", _("To review"), reverse("quality_queue")))
    if leads:
        tabs.append(("reviews", _("Reviews of my people"), reverse("review_list")))
    if person.has_role(Role.REP):
        tabs.append(("mine", _("My reviews"), reverse("my_reviews")))
    if current == "disputes" or leads or disputes_visible_to(person, today).exists():
        tabs.append(("disputes", _("Disputes"), reverse("dispute_list")))
    tabs.append(("scorecards", _("Scorecards"), reverse("scorecard_list")))
    if current == "history":  # reached from imported reviews and from the export: no page pays a read for it
        tabs.append(("history", _("Imported history"), reverse("imported_history")))
    if can_export_quality(person):
        tabs.append(("exports", _("Export"), reverse("quality_export")))
    if can_import_reviews(person):
        tabs.append(("imports", _("Imports"), reverse("review_import_list")))
    return {"tabs": tabs, "current": current}
