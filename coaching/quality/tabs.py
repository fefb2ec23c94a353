"""Where one can go in this room: a few parts, each with its pages, and only what the person uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from coaching.quality import access
from coaching.quality.calibration.access import can_create_session
from coaching.quality.calibration.queries import has_sessions
from coaching.quality.exchange.access import can_export_quality, can_import_reviews
from coaching.quality.flags.access import answers_flags
from coaching.quality.plans.access import can_read_plans
from coaching.quality.scores.access import can_read_what_criteria_predict
from people.models import Person, Role


class Tab(NamedTuple):
    key: str
    label: str
    url: str


@dataclass(frozen=True)
class Group:
    """One part of the room. With a single page it goes by that page's name."""

    name: str
    tabs: list[Tab]
    is_current: bool

    @property
    def label(self) -> str:
        return self.name if len(self.tabs) > 1 else self.tabs[0].label

    @property
    def url(self) -> str:
        return self.tabs[0].url


def groups_for(person: Person, today: date, current: str) -> list[Group]:
    """The parts with a page for this person; `current` is the key of the page they are on."""
    leads = access.leads_somebody(person, today)
    is_rep = person.has_role(Role.REP)
    has_queue = access.has_queue(person)
    # By role where that is enough: each look into the database is paid for by every page of this room.
    reviews_or_leads = leads or person.has_role(Role.REVIEWER)
    predicts = bool(can_read_what_criteria_predict(person))

    def shown(key: str, label: str, url_name: str, wanted: object) -> list[Tab]:
        return [Tab(key, label, reverse(url_name))] if wanted or key == current else []

    reviewing = [
        *shown("queue", _("To review"), "quality_queue", has_queue),
        *shown("suggestions", _("Suggestions"), "suggestion_list", leads or has_queue),
        *shown("approvals", _("Approvals"), "approval_list", reviews_or_leads),
    ]
    reviews = [
        *shown("reviews", _("Reviews of my people"), "review_list", leads),
        *shown("mine", _("My reviews"), "my_reviews", is_rep),
        *shown("assessments", _("Assessments"), "assessment_list", is_rep or leads),
        *shown("disputes", _("Disputes"), "dispute_list", is_rep or reviews_or_leads),
        # Reached from imported reviews and from the export: no page pays a read for it.
        *shown("history", _("Imported history"), "imported_history", False),
    ]
    scores = [
        *shown("scores", _("Scores"), "score_home", leads or is_rep or predicts),
        *shown("causes", _("Root causes"), "cause_list", leads),
    ]
    calibration = shown(
        "calibration", _("Calibration"), "calibration_list", can_create_session(person) or (leads and has_sessions(person))
    )
    answers = bool(answers_flags(person))
    flags = shown(
        "flags",
        _("Flagged standards") if answers else _("My flags"),
        "flag_list" if answers else "my_flags",
        True,
    )
    setting_up = [
        *shown("scorecards", _("Scorecards"), "scorecard_list", True),
        *shown("plans", _("Sampling"), "plan_list", can_read_plans(person)),
        *flags,
        *shown("exports", _("Export"), "quality_export", can_export_quality(person)),
        *shown("imports", _("Imports"), "review_import_list", can_import_reviews(person)),
    ]
    parts = (
        (_("Reviewing"), reviewing),
        (_("Reviews"), reviews),
        (_("Scores"), scores),
        (_("Calibration"), calibration),
        (_("Scorecards and more"), setting_up),
    )
    return [Group(name, tabs, any(tab.key == current for tab in tabs)) for name, tabs in parts if tabs]
