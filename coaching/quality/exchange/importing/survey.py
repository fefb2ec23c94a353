"""The first look through everything that was given: people, scorecards, scales, and how much there is.

Scorecards and users may stand after the reviews that need them, or in another file, so they are gathered before anything
is written. What is kept grows with the number of people and categories, not with the number of reviews.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _
from pydantic import ValidationError

from coaching.interactions.importing.problems import ImportRefused, Notes, Problem
from coaching.quality.exchange.importing import documents
from coaching.quality.exchange.importing.documents import Found, records
from coaching.quality.exchange.importing.scales import Scale, find_scale
from coaching.quality.exchange.importing.shapes import ReviewShape, ScorecardShape, User, problem_of
from coaching.quality.exchange.importing.versions import Card, category_key, scorecard_key


@dataclass
class Survey:
    """What is known of the files. `problems` are objects that are no review or dispute and cannot be read."""

    reviews: int = 0
    disputes: int = 0
    systems: Counter[str] = field(default_factory=Counter)  # sourceType of conversations
    emails: dict[str, str] = field(default_factory=dict)  # by the other system's id of a user
    cards: dict[str, Card] = field(default_factory=dict)
    scale: Scale = field(default_factory=Scale)
    problems: list[Problem] = field(default_factory=list)

    def card_of(self, review: ReviewShape) -> Card:
        key = scorecard_key(review.scorecard.id, review.scorecard.name)
        if key not in self.cards:
            self.cards[key] = Card(key, review.scorecard.name or "Zendesk QA")
        return self.cards[key]


def look_through(path: Path, wish: tuple[float, float] | str | None, notes: Notes) -> Survey:
    """Read everything once. Raises ImportRefused where there is nothing to import, or the scale of ratings is not told."""
    survey, seen, calibrations, first = Survey(), defaultdict[str, set[float]](set), 0, None
    for found in records(path):
        if isinstance(found, Problem):
            first = first or found
            survey.problems.append(found)
        elif found.kind == documents.CONVERSATION:
            survey.systems[str(found.data.get("sourceType") or "")] += 1
            for data in found.data["reviews"]:
                survey.reviews += 1
                _meet_review(survey, data, seen)
        elif found.kind == documents.DISPUTE:
            survey.disputes += 1
        elif found.kind == documents.CALIBRATION:
            calibrations += 1
        else:
            _meet_other(survey, found)
    if not survey.reviews and not survey.disputes and not survey.cards:
        if first is not None:
            raise ImportRefused(f"{first.reason} {first.remedy}")
        raise ImportRefused(_("There is no review, dispute or scorecard in it. Export a longer period."))
    if calibrations:
        notes.add(_("Calibration sessions are not imported: no review of theirs was about anybody’s score."), calibrations)
    known = {key: steps for card in survey.cards.values() for key, steps in card.steps.items()}
    survey.scale = find_scale(seen, known, wish)
    for card in survey.cards.values():
        card.settle(survey.scale)
    return survey


def _meet_review(survey: Survey, data: object, seen: dict[str, set[float]]) -> None:
    try:
        review = ReviewShape.model_validate(data)
    except ValidationError:
        return  # named when the reviews are read
    survey.card_of(review).meet(review)
    for rating in review.ratings:
        scores = seen[category_key(rating.categoryId, rating.categoryName)]
        if rating.score is not None and len(scores) < 200:
            scores.add(rating.score)


def _meet_other(survey: Survey, found: Found) -> None:
    try:
        if found.kind == documents.USER:
            user = User.model_validate(found.data)
            survey.emails[user.id] = user.email
            return
        shape = ScorecardShape.model_validate(found.data)
    except ValidationError as error:
        survey.problems.append(problem_of(found, error))
        return
    key = scorecard_key(shape.id, shape.name)
    card = survey.cards.setdefault(key, Card(key, shape.name))
    card.describe(shape)
