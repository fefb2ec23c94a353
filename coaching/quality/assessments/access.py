"""Who asks for a self-assessment or for peer feedback, who writes it, and who reads it.

A rep assesses a conversation of their own whenever they like, or because the lead asks. Peer feedback is asked for by the
lead, of somebody of the same team. Both are read, once finished, by the person they are about and by who leads them;
neither is ever a score.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.interactions.access import interactions_visible_to
from coaching.interactions.models import Interaction
from coaching.quality.access import leads_somebody, reviews_visible_to
from coaching.quality.models import Mode, Review, ReviewDraw
from foundation.access import ALLOWED, Decision, denied
from people.access import people_led_by, people_visible_to
from people.models import Membership, Person, Role

ASSESSMENTS = (Mode.PEER, Mode.SELF)


def asked_of(person: Person) -> QuerySet[ReviewDraw]:
    """Assessments that wait for this person to write them; gone where one of the two has no account in use."""
    waiting = ReviewDraw.every.filter(mode__in=ASSESSMENTS, reviewer=person, state__in=ReviewDraw.OPEN_STATES)
    return waiting.filter(reviewee__is_active=True).select_related("interaction", "reviewee", "drawn_by").order_by("due_on", "pk")


def get_asked_for(person: Person, pk: int) -> ReviewDraw:
    draw = asked_of(person).filter(pk=pk).first()
    if draw is None:
        raise Http404
    return draw


def assessments_visible_to(person: Person, on: date) -> QuerySet[Review]:
    """What they write, what is finished about them, and what is finished about people they lead today."""
    led = people_led_by(person, on)
    finished = Q(state=Review.State.PUBLISHED) & (Q(reviewee=person) | Q(reviewee__in=led.values("pk")))
    mine = Q(reviewer=person) & ~Q(state=Review.State.DRAFT, draw__state=ReviewDraw.State.REPLACED)
    return Review.every.filter(finished | mine, mode__in=ASSESSMENTS)


def _sheets(reviews: QuerySet[Review]) -> QuerySet[Review]:
    return reviews.select_related("interaction__source", "scorecard_version__scorecard", "reviewer", "reviewee", "draw")


def get_sheet_for(person: Person, pk: int, on: date) -> Review:
    """A review or an assessment this person may read; 404 otherwise."""
    visible = Q(pk__in=reviews_visible_to(person, on).values("pk")) | Q(pk__in=assessments_visible_to(person, on).values("pk"))
    review = _sheets(Review.every.filter(visible)).filter(pk=pk).first()
    if review is None:
        raise Http404
    return review


def get_assessment_for(person: Person, pk: int, on: date) -> Review:
    """A finished assessment, or one's own draft; 404 otherwise."""
    assessment = _sheets(assessments_visible_to(person, on)).filter(pk=pk).first()
    if assessment is None:
        raise Http404
    return assessment


def can_ask_for_assessment(person: Person, on: date) -> Decision:
    if person.has_role(Role.REP) or leads_somebody(person, on):
        return ALLOWED
    return denied(_("Reps assess their own conversations, and team leads ask for it."))


def interactions_to_assess(person: Person, on: date) -> QuerySet[Interaction]:
    """A rep's own cases; of a lead, those of the people they lead, and their own."""
    if not can_ask_for_assessment(person, on):
        return Interaction.objects.none()
    return interactions_visible_to(person, on)


def peers_to_pick(person: Person, on: date) -> QuerySet[Person]:
    """Whom a lead may ask for peer feedback: active reps among the people they lead."""
    if not leads_somebody(person, on):
        return Person.objects.none()
    return (
        Person.objects.active().filter(role_grants__role=Role.REP, pk__in=people_visible_to(person, on).values("pk")).distinct()
    )


def share_a_team(one: Person, other: Person, on: date) -> bool:
    """Whether the two are members of the same team on that day."""
    members = Membership.objects.on(on).filter(kind=Membership.Kind.MEMBER)
    return members.filter(person=one, team__in=members.filter(person=other).values("team")).exists()
