"""Who sees suggestions and gives them away, who runs the helpers.

A lead sees those of the people they lead, the head all, nobody their own. A reviewer sees the reasons of what was given
to them: rule "a reviewer what is drawn for them" holds here too.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.quality.access import can_review, draws_visible_to, interactions_to_pick, leads_somebody
from coaching.quality.models import Review, ReviewDraw, ScorecardVersion
from coaching.quality.suggestions.models import Proposal, Suggestion
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role


def can_read_suggestions(person: Person, on: date) -> Decision:
    if leads_somebody(person, on) or can_review(person):
        return ALLOWED
    return denied(_("Suggestions are for leads, the head of support and QA reviewers."))


def can_give_suggestions(person: Person, on: date) -> Decision:
    if leads_somebody(person, on):
        return ALLOWED
    return denied(_("Only a team lead or the head of support gives conversations to reviewers."))


def suggestions_visible_to(person: Person, on: date) -> QuerySet[Suggestion]:
    """Not drawn by anybody yet, of people this person leads. Nobody's own."""
    drawn = ReviewDraw.objects.filter(interaction=OuterRef("interaction"))
    return Suggestion.objects.filter(~Exists(drawn), interaction__in=interactions_to_pick(person, on).values("pk"))


def get_suggestion_for(person: Person, pk: int, on: date) -> Suggestion:
    """A suggestion this person may give away or dismiss; 404 otherwise, and once somebody has drawn it."""
    found = suggestions_visible_to(person, on).select_related("interaction__handler__person").prefetch_related("reasons")
    suggestion = found.filter(pk=pk).first()
    if suggestion is None:
        raise Http404
    return suggestion


def draws_with_reasons(person: Person) -> QuerySet[ReviewDraw]:
    """What was picked for this reviewer and still waits: the reviewer's side of the suggestions."""
    return draws_visible_to(person).filter(state__in=ReviewDraw.OPEN_STATES).exclude(method=ReviewDraw.Method.RANDOM)


def can_choose_helpers(person: Person) -> Decision:
    return can_review(person)


def can_read_helpers(person: Person) -> Decision:
    """How well the learner and the assistant do is no secret to those who work beside them."""
    if person.has_role(Role.HEAD, Role.REVIEWER, Role.LEAD):
        return ALLOWED
    return denied(_("These figures are for reviewers, leads and the head of support."))


def can_run_helpers(person: Person) -> Decision:
    """Train the learner, try the assistant, turn it on."""
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the head of support runs and switches the helpers."))


def get_version_to_help(pk: int) -> ScorecardVersion:
    """A published version; 404 for any other."""
    published = ScorecardVersion.objects.filter(state=ScorecardVersion.State.PUBLISHED).select_related("scorecard")
    version = published.filter(pk=pk).first()
    if version is None:
        raise Http404
    return version


def proposals_for(person: Person, review: Review) -> QuerySet[Proposal]:
    """What is proposed to the writer of this draft: never what a trial answered, never to anybody else."""
    mine = Proposal.objects.filter(request__trial=None, request__review=review, request__review__reviewer=person)
    return mine.filter(request__review__state=Review.State.DRAFT)
