"""How this room writes scores, due dates and its own tabs."""

from collections.abc import Iterable
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

from coaching.quality import access, queries
from coaching.quality.calibration.access import can_create_session
from coaching.quality.calibration.queries import has_sessions
from coaching.quality.disputes.access import disputes_visible_to
from coaching.quality.exchange.access import can_export_quality, can_import_reviews, can_read_history, imported_reviews_of
from coaching.quality.flags.access import answers_flags, own_flags
from coaching.quality.models import Criterion, Section
from coaching.quality.plans.access import can_read_plans
from coaching.quality.release.access import has_approvals
from coaching.quality.scores.access import can_read_what_criteria_predict
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
    """The parts of this room that the signed-in person uses."""
    person = context["request"].user
    today = timezone.localdate()
    tabs = []
    leads = access.leads_somebody(person, today)
    has_queue = access.has_queue(person)
    if current == "queue" or has_queue:
        tabs.append(("queue", _("To review"), reverse("quality_queue")))
    if leads:
        tabs.append(("reviews", _("Reviews of my people"), reverse("review_list")))
    if current == "approvals" or has_approvals(person, today):
        tabs.append(("approvals", _("Approvals"), reverse("approval_list")))
    if person.has_role(Role.REP):
        tabs.append(("mine", _("My reviews"), reverse("my_reviews")))
    if current == "assessments" or person.has_role(Role.REP) or leads:
        tabs.append(("assessments", _("Assessments"), reverse("assessment_list")))
    if leads or has_queue or current == "suggestions":
        tabs.append(("suggestions", _("Suggestions"), reverse("suggestion_list")))
    if current == "disputes" or leads or disputes_visible_to(person, today).exists():
        tabs.append(("disputes", _("Disputes"), reverse("dispute_list")))
    if can_read_plans(person):
        tabs.append(("plans", _("Sampling"), reverse("plan_list")))
    if leads or person.has_role(Role.REP) or can_read_what_criteria_predict(person):
        tabs.append(("scores", _("Scores"), reverse("score_home")))
    if current == "calibration" or can_create_session(person) or has_sessions(person):
        tabs.append(("calibration", _("Calibration"), reverse("calibration_list")))
    tabs.append(("scorecards", _("Scorecards"), reverse("scorecard_list")))
    if answers_flags(person):
        tabs.append(("flags", _("Flagged standards"), reverse("flag_list")))
    elif current == "flags" or own_flags(person).exists():
        tabs.append(("flags", _("My flags"), reverse("my_flags")))
    if current == "history" or (can_read_history(person, today) and imported_reviews_of(person, today, 0).exists()):
        tabs.append(("history", _("Imported history"), reverse("imported_history")))
    if can_export_quality(person):
        tabs.append(("exports", _("Export"), reverse("quality_export")))
    if can_import_reviews(person):
        tabs.append(("imports", _("Imports"), reverse("review_import_list")))
    return {"tabs": tabs, "current": current}
