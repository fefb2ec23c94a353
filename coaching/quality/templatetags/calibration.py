"""Where calibration shows up on other pages: what waits to be scored blind, its own parts, the head's link on a review."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from coaching.quality.calibration import access, queries
from coaching.quality.models import Review

register = template.Library()


@register.inclusion_tag("coaching/quality/_blind_work.html", takes_context=True)
def blind_work(context: Context) -> dict[str, Any]:
    """What the signed-in person has to score blind; nothing for who has none."""
    person = context["request"].user
    waiting = queries.blind_work_of(person) if access.knows_calibration(person) else []
    return {"waiting": waiting, "today": timezone.localdate()}


@register.inclusion_tag("coaching/quality/_calibration_parts.html", takes_context=True)
def calibration_parts(context: Context, current: str) -> dict[str, Any]:
    """The parts of calibration that the signed-in person may read."""
    person = context["request"].user
    parts = [("sessions", _("Sessions"), reverse("calibration_list"))]
    if access.can_read_agreement(person):
        parts.append(("agreement", _("Agreement"), reverse("agreement")))
    if access.can_read_severity(person):
        parts.append(("severity", _("Severity"), reverse("severity")))
    parts.append(("readings", _("Second readings"), reverse("grader_list")))
    return {"parts": parts, "current": current}


@register.inclusion_tag("coaching/quality/_grader_link.html", takes_context=True)
def grader_link(context: Context, review: Review) -> dict[str, Any]:
    """For the head: have this review read a second time."""
    return {"review": review, "may_ask": bool(access.can_ask_grader_review(context["request"].user, review))}


@register.filter
def strictness(points: float) -> str:
    """Severity in words: "3.2 points lenient", "4.1 points strict", "as others do"."""
    size = abs(round(points, 1))
    if not size:
        return _("as others do")
    words = _("%(n)s points lenient") if points > 0 else _("%(n)s points strict")
    return words % {"n": number_format(size, 1)}


@register.filter
def signed(points: float) -> str:
    """Points with their sign: "+3.2", "−4.1", "0"."""
    rounded = round(points, 1)
    if not rounded:
        return "0"
    return ("+" if rounded > 0 else "−") + number_format(abs(rounded), 1)
