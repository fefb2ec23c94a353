"""The verbs of calibration."""

from coaching.quality.calibration.services.grading import ask_grader_review, draw_grader_reviews, reply_to_grader
from coaching.quality.calibration.services.reminders import remind_participants
from coaching.quality.calibration.services.scoring import save_scoring, submit_scoring
from coaching.quality.calibration.services.sessions import (
    ConsensusInput,
    SessionInput,
    change_session,
    close_session,
    create_session,
    criteria_to_agree,
    discard_session,
    end_session_scoring,
    open_session,
    random_reviewed,
    resolve_session,
    save_consensus,
)

__all__ = [
    "ConsensusInput",
    "SessionInput",
    "ask_grader_review",
    "change_session",
    "close_session",
    "create_session",
    "criteria_to_agree",
    "discard_session",
    "draw_grader_reviews",
    "end_session_scoring",
    "open_session",
    "random_reviewed",
    "remind_participants",
    "reply_to_grader",
    "resolve_session",
    "save_consensus",
    "save_scoring",
    "submit_scoring",
]
