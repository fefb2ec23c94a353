"""Which screens are pictured, and who is signed in for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone

from cms.models import GuidelineModule, Standard
from coaching.quality.models import CalibrationSession, Dispute, Review, SamplingPlan, ScorecardVersion
from demo.company import build_company
from learning.assignments.models import Assignment
from learning.certificates.models import Certificate
from learning.enrolment.models import AssignmentRule
from learning.group_sessions.models import GroupSession
from learning.paths.models import LearningPath
from people.models import Person

M = TypeVar("M", bound=Model)


class NothingToPicture(Exception):
    """The database lacks what a screen shows; the message says what to do."""


@dataclass(frozen=True)
class Screen:
    """`name` becomes the file's name; `email` is who is signed in."""

    name: str
    email: str
    path: str


def plan_screens() -> list[Screen]:
    """All screens, with their addresses in this database. Raises NothingToPicture where it holds no demo."""
    company = build_company(2)
    slipped, lead = company.with_story("slipped").email, company.lead_of("orders").email
    reviewer, head, admin = company.reviewers[0].email, company.head.email, company.admin.email
    editor = company.editor.email
    if not Person.objects.filter(email=slipped).exists():
        raise NothingToPicture("The demo company is not in this database. Run ./uncommon demo --no-serve first.")
    started = _latest(Assignment.objects.filter(state="started", person__is_active=True), "started assignment")
    learner = started.person.email
    read = _latest(Review.objects.filter(state="published", reviewee__email=slipped), "published review")
    draft = _latest(Review.objects.filter(state="draft", reviewer__email=reviewer), "review in progress")
    guideline = _latest(GuidelineModule.objects.live(), "guideline module")
    standard = _latest(Standard.objects.filter(key="name-the-need"), "standard")
    disputed = _latest(Dispute.objects.exclude(decider=None), "dispute that was passed on")
    decider = Person.objects.get(pk=disputed.decider_id)
    session = _latest(CalibrationSession.objects.filter(state=CalibrationSession.State.CLOSED), "closed calibration session")
    plan = _latest(SamplingPlan.objects.filter(name__startswith="Five a month"), "sampling plan by risk")
    version = _latest(ScorecardVersion.objects.filter(state=ScorecardVersion.State.PUBLISHED), "published scorecard")
    meeting = _latest(GroupSession.objects.filter(ends_at__lt=timezone.now()), "group session that was held")
    certificate = _latest(Certificate.objects.all(), "certificate")
    path = _latest(LearningPath.objects.all(), "learning path")
    rule = _latest(AssignmentRule.objects.all(), "assignment rule")
    rep_page = reverse("metrics_person", args=[Person.objects.get(email=slipped).pk])
    return [
        Screen("rep-today", slipped, reverse("today")),
        Screen("rep-review", slipped, reverse("review_detail", args=[read.pk])),
        Screen("learner-home", learner, reverse("learn_home")),
        Screen("all-modules", learner, reverse("learn_catalogue")),
        Screen("lesson", learner, reverse("lesson", args=[started.pk, 1])),
        Screen("quiz", learner, reverse("quiz", args=[started.pk])),
        Screen("path", slipped, reverse("path_detail", args=[path.pk])),
        Screen("rule", head, reverse("rule_detail", args=[rule.pk])),
        Screen("question-bank", editor, reverse("question_list")),
        Screen("quiz-analysis", editor, reverse("quiz_analysis", args=[started.module_id])),
        Screen("learning-reports", head, reverse("report_teams")),
        Screen("certificate", certificate.person.email, reverse("certificate_detail", args=[certificate.pk])),
        Screen("calendar", slipped, reverse("learn_calendar")),
        Screen("team-calendar", lead, reverse("team_calendar")),
        Screen("group-session", lead, reverse("group_session_detail", args=[meeting.pk])),
        Screen("practice", slipped, reverse("practice")),
        Screen("my-practice", slipped, reverse("practice_mine")),
        Screen("team-practice", head, reverse("practice_team")),
        Screen("lead-board", lead, reverse("board")),
        Screen("lead-person", lead, rep_page),
        Screen("reviewer-queue", reviewer, reverse("quality_queue")),
        Screen("review-workspace", reviewer, reverse("review_edit", args=[draft.pk])),
        Screen("rep-score", slipped, reverse("score_mine")),
        Screen("team-scores", lead, reverse("score_team")),
        Screen("criteria-and-customers", head, reverse("score_criteria")),
        Screen("root-causes", head, reverse("cause_list")),
        Screen("dispute", decider.email, reverse("dispute_detail", args=[disputed.pk])),
        Screen("calibration-session", head, reverse("calibration_detail", args=[session.pk])),
        Screen("agreement", head, reverse("agreement")),
        Screen("sampling-plan", head, reverse("plan_detail", args=[plan.pk])),
        Screen("scorecard", head, reverse("version_detail", args=[version.pk])),
        Screen("head-overview", head, reverse("overview")),
        Screen("signals", lead, reverse("signal_list")),
        Screen("explorer", head, reverse("metrics_explore")),
        Screen("drivers", lead, reverse("metrics_drivers")),
        Screen("demand", head, reverse("demand_hours")),
        Screen("accounts", head, reverse("account_list")),
        Screen("surveys", head, reverse("survey_list")),
        Screen("unmatched-people", admin, reverse("match_queue")),
        Screen("guide", slipped, "/guide/"),
        Screen("guideline", slipped, guideline.url),
        Screen("standard", slipped, reverse("standard_detail", args=[standard.key])),
        Screen("people", admin, reverse("people_list")),
        Screen("import-people", admin, reverse("people_import")),
        Screen("audit-log", admin, reverse("audit_log")),
    ]


def _latest(rows: QuerySet[M], what: str) -> M:
    row = rows.order_by("-pk").first()
    if row is None:
        raise NothingToPicture(f"The demo company has no {what} to picture. Build it anew: empty the database, then seed_demo.")
    return row
