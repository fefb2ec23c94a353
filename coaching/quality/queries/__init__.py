"""Reads of the quality room; other rooms use the names exported here."""

from coaching.quality.queries.card import Card, Row, Turn, conversation, load_card
from coaching.quality.queries.lists import (
    BoardCriterion,
    FailedCriterion,
    criteria_for_board,
    criterion_results,
    day_range,
    failed_criteria,
    mean_score,
    next_in_queue,
    queue_for,
    recent_reviews_of,
    reviews_to_acknowledge,
    scorecard_for,
)
from coaching.quality.queries.problems import Problem, version_problems

__all__ = [
    "BoardCriterion",
    "Card",
    "FailedCriterion",
    "Problem",
    "Row",
    "Turn",
    "conversation",
    "criteria_for_board",
    "criterion_results",
    "day_range",
    "failed_criteria",
    "load_card",
    "mean_score",
    "next_in_queue",
    "queue_for",
    "recent_reviews_of",
    "reviews_to_acknowledge",
    "scorecard_for",
    "version_problems",
]
