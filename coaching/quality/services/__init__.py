"""The verbs of the quality room."""

from coaching.quality.services.draws import draw_one, draw_reviews, reassign_draw, take_out
from coaching.quality.services.errors import NotPublishable, QualityError
from coaching.quality.services.reviews import (
    RatingInput,
    acknowledge_review,
    add_quote,
    publish_review,
    remove_quote,
    save_draft,
    start_review,
    withdraw_review,
)
from coaching.quality.services.scorecard_files import MOST_BYTES, export_scorecard, import_scorecard
from coaching.quality.services.scorecard_templates import ScorecardTemplate, scorecard_templates, start_from_template
from coaching.quality.services.scorecards import (
    AnswerInput,
    CriterionInput,
    SectionInput,
    archive_version,
    create_scorecard,
    new_version,
    publish_version,
    remove_criterion,
    save_criterion,
    save_version,
)
from coaching.quality.services.starter import ensure_starter_scorecard

__all__ = [
    "MOST_BYTES",
    "AnswerInput",
    "CriterionInput",
    "NotPublishable",
    "QualityError",
    "RatingInput",
    "ScorecardTemplate",
    "SectionInput",
    "acknowledge_review",
    "add_quote",
    "archive_version",
    "create_scorecard",
    "draw_one",
    "draw_reviews",
    "ensure_starter_scorecard",
    "export_scorecard",
    "import_scorecard",
    "new_version",
    "publish_review",
    "publish_version",
    "reassign_draw",
    "remove_criterion",
    "remove_quote",
    "save_criterion",
    "save_draft",
    "save_version",
    "scorecard_templates",
    "start_from_template",
    "start_review",
    "take_out",
    "withdraw_review",
]
