"""What the learner and the assistant add to the workspace: marks, proposals, and the line that explains them.

Loaded once per page, kept beside the review that the page is about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

from coaching.interactions.models import Message
from coaching.quality.models import Mode, Review
from coaching.quality.queries import Row
from coaching.quality.suggestions.access import proposals_for
from coaching.quality.suggestions.assistant.queries import request_of
from coaching.quality.suggestions.learner.queries import messages_to_look_at
from coaching.quality.suggestions.models import AssistantRequest, HelperChoices, Proposal
from coaching.quality.suggestions.queries import choices_of

register = template.Library()


@dataclass
class Help:
    """What there is for one review and its writer; empty where the helpers are off or hidden."""

    choices: HelperChoices
    possible_marks: list[int] = field(default_factory=list)
    request: AssistantRequest | None = None
    proposals: dict[int, Proposal] = field(default_factory=dict)

    @property
    def marks(self) -> list[int]:
        return self.possible_marks if self.choices.look_here_first else []


def _help(context: Context) -> Help:
    review: Review | None = context.get("review")
    if review is None:
        return Help(HelperChoices())  # a blind sheet: nothing of what machines make of the conversation may stand there
    known: Help | None = review.__dict__.get("_help")
    if known is None:
        known = review.__dict__["_help"] = _load(review, context)
    return known


def _load(review: Review, context: Context) -> Help:
    person = context["request"].user
    if review.reviewer_id != person.pk or not review.is_draft or review.mode != Mode.REVIEW:
        return Help(HelperChoices())
    found = Help(choices_of(person), messages_to_look_at(review), request_of(review))
    if found.request is not None and found.choices.show_proposals:
        proposed = proposals_for(person, review).filter(request=found.request).select_related("answer")
        found.proposals = {proposal.criterion_id: proposal for proposal in proposed}
    return found


@register.inclusion_tag("coaching/quality/suggestions/_look_here.html", takes_context=True)
def look_here(context: Context, message: Message) -> dict[str, Any]:
    """The mark of a message that a reviewer is likely to quote."""
    return {"marked": message.pk in _help(context).marks}


@register.inclusion_tag("coaching/quality/suggestions/_proposal.html", takes_context=True)
def proposal(context: Context, row: Row) -> dict[str, Any]:
    """What is proposed for a criterion, with the button that takes it over."""
    found = _help(context).proposals.get(row.criterion.pk)
    rating = row.rating
    same = bool(found and rating and rating.is_answered and (rating.answer_id, rating.is_na) == (found.answer_id, found.is_na))
    return {"proposal": found, "row": row, "same": same}


@register.inclusion_tag("coaching/quality/suggestions/_helpers.html", takes_context=True)
def helpers(context: Context) -> dict[str, Any]:
    """What the helpers did for this review, and the boxes that hide it."""
    found = _help(context)
    asked = found.request if found.choices.show_proposals else None
    return {
        "shown": bool(found.possible_marks or found.request),
        "marks": len(found.marks),
        "request_state": asked.state if asked else "",
        "problem": asked.problem if asked else "",
        "proposals": len(found.proposals),
        "can_hide_marks": bool(found.possible_marks),
        "can_hide_proposals": found.request is not None,
        "choices": found.choices,
        "back": reverse("review_edit", args=[context["review"].pk]),
        "csrf_token": context.get("csrf_token"),
    }
