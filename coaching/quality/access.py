"""Who may draw, read, write and withdraw reviews, and who may edit scorecards.

A reviewer sees what was given to them and, only through it, the conversation. A rep sees every
review of theirs that was published, withdrawn ones with the reason. A lead sees those of the people
they lead today, the head all. A draft belongs to its reviewer alone; who sees a review between draft and
publishing says release/access.py. Nobody reviews themselves.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.interactions.access import interactions_visible_to
from coaching.interactions.models import Interaction
from coaching.quality.models import Criterion, Review, ReviewDraw, Scorecard, ScorecardVersion, Section
from coaching.quality.release.access import before_release
from foundation.access import ALLOWED, Decision, denied
from people.access import people_led_by, teams_led_by
from people.models import Person, Role

REVIEWING_ROLES = (Role.REVIEWER, Role.LEAD, Role.HEAD)
ONCE_PUBLISHED = (Review.State.PUBLISHED, Review.State.WITHDRAWN)


def leads_somebody(person: Person, on: date) -> bool:
    return person.has_role(Role.HEAD) or (person.has_role(Role.LEAD) and teams_led_by(person, on).exists())


def can_review(person: Person) -> Decision:
    """May work through a queue. A lead or head has one only for what was given to them by name."""
    if person.has_role(*REVIEWING_ROLES):
        return ALLOWED
    return denied(_("Only QA reviewers review conversations. An administrator gives that role."))


def can_receive_draws(person: Person) -> Decision:
    """May be given conversations to review: has an account in use and a role that reviews."""
    return can_review(person) if person.is_active else denied(_("This account is switched off."))


def draws_visible_to(person: Person) -> QuerySet[ReviewDraw]:
    """What was given to this person to review: the work that is left, and what they have done.

    What was taken out or given to somebody else is gone from here, and so is open work about somebody
    whose account is switched off.
    """
    if not can_review(person):
        return ReviewDraw.objects.none()
    given = ReviewDraw.objects.filter(reviewer=person).exclude(reviewee=person).exclude(state=ReviewDraw.State.REPLACED)
    return given.exclude(state__in=ReviewDraw.OPEN_STATES, reviewee__is_active=False)


def get_draw_for(person: Person, pk: int) -> ReviewDraw:
    draw = draws_visible_to(person).select_related("interaction", "reviewee").filter(pk=pk).first()
    if draw is None:
        raise Http404
    return draw


def reviews_of_people_visible_to(person: Person, on: date) -> QuerySet[Review]:
    """Reviews, once published, of the people this person leads; for the head, of everybody. Not their own."""
    led = people_led_by(person, on)
    return Review.objects.filter(state__in=ONCE_PUBLISHED, reviewee__in=led.values("pk"))


def own_reviews(person: Person) -> QuerySet[Review]:
    """What was published about this person."""
    return Review.objects.filter(state__in=ONCE_PUBLISHED, reviewee=person)


def reviews_visible_to(person: Person, on: date) -> QuerySet[Review]:
    visible = Q(pk__in=own_reviews(person).values("pk")) | Q(pk__in=reviews_of_people_visible_to(person, on).values("pk"))
    visible |= before_release(person, on)
    if can_review(person):
        # A draft whose conversation was given to somebody else since is nobody's work any more.
        visible |= Q(reviewer=person) & ~Q(state=Review.State.DRAFT, draw__state=ReviewDraw.State.REPLACED)
    return Review.objects.filter(visible)


def get_review_for(person: Person, pk: int, on: date) -> Review:
    """A review this person may read; 404 otherwise."""
    reviews = reviews_visible_to(person, on).select_related(
        "interaction__source", "scorecard_version__scorecard", "reviewer", "reviewee", "draw"
    )
    review = reviews.filter(pk=pk).first()
    if review is None:
        raise Http404
    return review


def may_read_review(person: Person, pk: int | None, on: date) -> bool:
    """Whether a link to this review leads this person anywhere."""
    return pk is not None and reviews_visible_to(person, on).filter(pk=pk).exists()


def has_queue(person: Person) -> bool:
    """Reviewers have one, full or empty; a lead or head once something was given to them by name."""
    return person.has_role(Role.REVIEWER) or draws_visible_to(person).exists()


def can_edit_review(person: Person, review: Review) -> Decision:
    if review.reviewer_id != person.pk:
        return denied(_("Only the reviewer writes a review."))
    if review.is_on_the_way:
        return denied(_("This review is handed in. Take it back to change something."))
    if not review.is_draft:
        return denied(_("This review is published and can no longer be changed. Withdraw it and review again."))
    return ALLOWED


def can_withdraw_review(person: Person, review: Review) -> Decision:
    if not review.is_published:
        return denied(_("Only a published review can be withdrawn."))
    if review.reviewee_id != person.pk and (review.reviewer_id == person.pk or person.has_role(Role.HEAD)):
        return ALLOWED
    return denied(_("Only the reviewer or the head of support withdraws a review."))


def can_acknowledge_review(person: Person, review: Review) -> Decision:
    if review.reviewee_id != person.pk:
        return denied(_("Only the person reviewed acknowledges a review."))
    if not review.is_published or not review.scorecard_version.asks_to_read:
        return denied(_("There is nothing to acknowledge here."))
    return ALLOWED


def can_draw_by_hand(person: Person, on: date) -> Decision:
    """Reviewers get what is drawn for them; picking is for those who may read their people's cases anyway."""
    if leads_somebody(person, on):
        return ALLOWED
    return denied(_("Only a team lead or the head of support picks conversations by hand."))


def interactions_to_pick(person: Person, on: date) -> QuerySet[Interaction]:
    """Cases this person may give to a reviewer: those of people they lead, never their own."""
    if not can_draw_by_hand(person, on):
        return Interaction.objects.none()
    return interactions_visible_to(person, on).exclude(handler__person=person)


def reviewers_to_pick(person: Person) -> QuerySet[Person]:
    """Active QA reviewers, and the lead or head themselves."""
    return Person.objects.active().filter(Q(pk__in=Person.objects.with_role(Role.REVIEWER).values("pk")) | Q(pk=person.pk))


def draws_to_reassign(person: Person, on: date) -> QuerySet[ReviewDraw]:
    """Open draws this person may give to another reviewer: about people they lead, never about themselves."""
    led = people_led_by(person, on).filter(is_active=True)
    return ReviewDraw.objects.filter(reviewee__in=led.values("pk"), state__in=ReviewDraw.OPEN_STATES)


def get_draw_to_reassign(person: Person, pk: int, on: date) -> ReviewDraw:
    """An open draw this person may give away. 403 for the reviewer who has it, 404 for a stranger's."""
    draw = draws_to_reassign(person, on).select_related("interaction", "reviewer", "reviewee").filter(pk=pk).first()
    if draw is None:
        get_draw_for(person, pk)
        raise PermissionDenied(
            _("Only a team lead or the head of support gives an open conversation of their people to another reviewer.")
        )
    return draw


def can_read_scorecards(person: Person) -> Decision:
    """What is looked for is no secret: everybody with an account reads published scorecards."""
    return ALLOWED


def can_edit_scorecards(person: Person) -> Decision:
    if person.has_role(Role.HEAD, Role.REVIEWER):
        return ALLOWED
    return denied(_("Only the head of support and QA reviewers edit scorecards."))


def versions_visible_to(person: Person) -> QuerySet[ScorecardVersion]:
    versions = ScorecardVersion.objects.select_related("scorecard")
    return versions if can_edit_scorecards(person) else versions.exclude(state=ScorecardVersion.State.DRAFT)


def get_version_for(person: Person, pk: int) -> ScorecardVersion:
    version = versions_visible_to(person).filter(pk=pk).first()
    if version is None:
        raise Http404
    return version


def get_scorecard_for(person: Person, key: str) -> Scorecard:
    scorecard = Scorecard.objects.filter(versions__in=versions_visible_to(person), key=key).distinct().first()
    if scorecard is None:
        raise Http404
    return scorecard


def get_section_for(person: Person, pk: int) -> Section:
    section = Section.objects.select_related("version__scorecard").filter(version__in=versions_visible_to(person), pk=pk).first()
    if section is None:
        raise Http404
    return section


def get_criterion_for(person: Person, pk: int) -> Criterion:
    criteria = Criterion.objects.select_related("section__version__scorecard")
    criterion = criteria.filter(section__version__in=versions_visible_to(person), pk=pk).first()
    if criterion is None:
        raise Http404
    return criterion


def can_change_version(person: Person, version: ScorecardVersion) -> Decision:
    allowed = can_edit_scorecards(person)
    if allowed and not version.is_draft:
        return denied(_("A published scorecard cannot be changed. Make a new version."))
    return allowed


def can_read_review_list(person: Person, on: date) -> Decision:
    if leads_somebody(person, on):
        return ALLOWED
    return denied(_("Only leads and the head of support see this list. Your own reviews are under “My reviews”."))


def people_in_review_list(person: Person, on: date) -> QuerySet[Person]:
    """Whom the list can be narrowed to: the people led today who handle cases."""
    return people_led_by(person, on).filter(role_grants__role=Role.REP)
