"""Scorecards, what is drawn for review, and what a reviewer found.

A scorecard lives in versions; a published version is read-only and a review is pinned to the one it
was made with. A published review is evidence: it is never edited, only withdrawn with a reason, and
a correction is a new review.
"""

from coaching.quality.calibration.models import (
    AgreementSummary,
    BlindRating,
    BlindScoring,
    CalibrationItem,
    CalibrationParticipant,
    CalibrationSession,
    Consensus,
    GraderReview,
    ReviewerSeverity,
    SeveritySummary,
)
from coaching.quality.causes.models import RatingCause, RootCause
from coaching.quality.disputes.models import Dispute, DisputedRating
from coaching.quality.exchange.models import ImportedDispute, ImportedReview, QualityExport, ReviewImport
from coaching.quality.flags.models import StandardFlag
from coaching.quality.models.reviews import Acknowledgement, Mode, Quote, Rating, Review, ReviewDraw, ReviewsOnly
from coaching.quality.models.scorecards import Answer, Criterion, Scorecard, ScorecardVersion, Section
from coaching.quality.plans.models import PlanCycle, PlanShare, SamplingPlan
from coaching.quality.recordings.models import Recording
from coaching.quality.release.models import AcknowledgementReminder, ReleaseStep
from coaching.quality.suggestions.models import Suggestion
from coaching.quality.workspace.models import Snippet, WorkingNote

__all__ = [
    "Acknowledgement",
    "AcknowledgementReminder",
    "AgreementSummary",
    "Answer",
    "BlindRating",
    "BlindScoring",
    "CalibrationItem",
    "CalibrationParticipant",
    "CalibrationSession",
    "Consensus",
    "Criterion",
    "Dispute",
    "DisputedRating",
    "GraderReview",
    "ImportedDispute",
    "ImportedReview",
    "Mode",
    "PlanCycle",
    "PlanShare",
    "QualityExport",
    "Quote",
    "Rating",
    "RatingCause",
    "Recording",
    "ReleaseStep",
    "Review",
    "ReviewDraw",
    "ReviewImport",
    "ReviewerSeverity",
    "ReviewsOnly",
    "RootCause",
    "SamplingPlan",
    "Scorecard",
    "ScorecardVersion",
    "Section",
    "SeveritySummary",
    "Snippet",
    "StandardFlag",
    "Suggestion",
    "WorkingNote",
]
