"""Who takes part in calibration, who reads what, and when.

Reps, editors and administrators know nothing of it: everything here answers them with 404. Reviewers and the head prepare
sessions; leads take part where they are asked. Before scoring is over, nobody sees an answer that is not their own: not the
facilitator, not the head. Nobody takes part in a session, checks a review or reads a check about a conversation of their own.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.interactions.access import interactions_visible_to
from coaching.interactions.models import Interaction, Message
from coaching.quality.access import REVIEWING_ROLES
from coaching.quality.models import (
    BlindScoring,
    CalibrationItem,
    CalibrationParticipant,
    CalibrationSession,
    GraderReview,
    ReleaseStep,
    Review,
    ScorecardVersion,
)
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role


def knows_calibration(person: Person) -> bool:
    """Whether any page of this part is this person's to know."""
    return person.has_role(*REVIEWING_ROLES)


def must_know_calibration(person: Person) -> None:
    """Raise Http404 for who is not to know that there is such a thing."""
    if not knows_calibration(person):
        raise Http404


def can_create_session(person: Person) -> Decision:
    if person.has_role(Role.REVIEWER, Role.HEAD):
        return ALLOWED
    return denied(_("Only QA reviewers and the head of support prepare calibration sessions."))


def sessions_visible_to(person: Person) -> QuerySet[CalibrationSession]:
    """The head all; others those they facilitate or, once scoring has begun, take part in. Never one about their own conversation."""
    if not knows_calibration(person):
        return CalibrationSession.objects.none()
    sessions = CalibrationSession.objects.all()
    if not person.has_role(Role.HEAD):
        takes_part = CalibrationParticipant.objects.filter(session=OuterRef("pk"), person=person)
        sessions = sessions.filter(Q(facilitator=person) | (~Q(state=CalibrationSession.State.DRAFT) & Exists(takes_part)))
    own = CalibrationItem.objects.filter(session=OuterRef("pk"), reviewee=person)
    return sessions.exclude(Exists(own))


def get_session_for(person: Person, pk: int) -> CalibrationSession:
    found = sessions_visible_to(person).select_related("scorecard_version__scorecard", "facilitator", "ended_by")
    session = found.filter(pk=pk).first()
    if session is None:
        raise Http404
    return session


def can_lead_session(person: Person, session: CalibrationSession) -> Decision:
    """Change, open, end, agree and close: the facilitator, or the head."""
    if session.facilitator_id == person.pk and can_create_session(person):
        return ALLOWED
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the facilitator or the head of support does this."))


def can_change_session(person: Person, session: CalibrationSession) -> Decision:
    allowed = can_lead_session(person, session)
    if allowed and not session.is_draft:
        return denied(_("Scoring has begun, so the session can no longer be changed."))
    return allowed


def can_read_answers(session: CalibrationSession) -> Decision:
    if session.is_open_to_read:
        return ALLOWED
    return denied(_("The answers are shown once everybody has submitted, or the facilitator has ended scoring."))


def get_item_for(person: Person, pk: int) -> CalibrationItem:
    """A conversation of a session whose answers may be read; 404 for a stranger's session, 403 before scoring is over."""
    items = CalibrationItem.objects.select_related("session__scorecard_version__scorecard", "session__facilitator", "interaction")
    item = items.filter(pk=pk, session__in=sessions_visible_to(person)).first()
    if item is None:
        raise Http404
    can_read_answers(item.session).or_403()
    return item


def participants_to_pick() -> QuerySet[Person]:
    return Person.objects.active().filter(role_grants__role__in=REVIEWING_ROLES).distinct()


def interactions_to_calibrate(person: Person, on: date) -> QuerySet[Interaction]:
    """Conversations with a matched handler: for the head all, for a reviewer those of which a review stands."""
    if not can_create_session(person):
        return Interaction.objects.none()
    written = Message.objects.filter(interaction=OuterRef("pk"), author_kind=Message.AuthorKind.AGENT)
    cases = Interaction.objects.filter(Exists(written), handler__person__isnull=False).exclude(handler__person=person)
    if person.has_role(Role.HEAD):
        return cases.filter(pk__in=interactions_visible_to(person, on).values("pk"))
    reviewed = Review.objects.filter(interaction=OuterRef("pk"), state=Review.State.PUBLISHED)
    return cases.filter(Exists(reviewed))


def versions_to_calibrate() -> QuerySet[ScorecardVersion]:
    return ScorecardVersion.objects.filter(state=ScorecardVersion.State.PUBLISHED).select_related("scorecard")


def scorings_of(person: Person) -> QuerySet[BlindScoring]:
    """What this person was asked to score blind, and may still open: nobody else opens it."""
    if not knows_calibration(person):
        return BlindScoring.objects.none()
    of_session = Q(item__session__in=sessions_visible_to(person)) & ~Q(item__session__state=CalibrationSession.State.DRAFT)
    return BlindScoring.objects.filter(of_session | Q(grader_review__isnull=False), scorer=person)


def get_scoring_for(person: Person, pk: int) -> BlindScoring:
    found = scorings_of(person).select_related(
        "item__session",
        "item__reviewee",
        "interaction__handler__person",
        "scorecard_version__scorecard",
        "grader_review__review__reviewee",
    )
    scoring = found.filter(pk=pk).first()
    if scoring is None:
        raise Http404
    return scoring


def can_edit_scoring(person: Person, scoring: BlindScoring) -> Decision:
    if scoring.scorer_id != person.pk:
        return denied(_("Only who was asked scores this."))
    if scoring.is_submitted:
        return denied(_("You have submitted this; it can no longer be changed."))
    if scoring.item is not None and not scoring.item.session.is_scoring:
        return denied(_("Scoring of this session is over."))
    return ALLOWED


def can_read_agreement(person: Person) -> Decision:
    if person.has_role(Role.REVIEWER, Role.HEAD):
        return ALLOWED
    return denied(_("Only QA reviewers and the head of support read how reviewers agree."))


def can_read_severity(person: Person) -> Decision:
    if person.has_role(Role.REVIEWER, Role.HEAD):
        return ALLOWED
    return denied(_("Only QA reviewers and the head of support read how strict reviewers are."))


def can_read_severity_names(person: Person) -> bool:
    """Reviewers see their own value by name and the others without: nobody is shamed before colleagues."""
    return person.has_role(Role.HEAD)


def can_ask_grader_review(person: Person, review: Review) -> Decision:
    if not person.has_role(Role.HEAD):
        return denied(_("Only the head of support has a review read a second time."))
    if review.reviewee_id == person.pk:
        return denied(_("This is a review of your own conversation."))
    if not review.is_published:
        return denied(_("Only a published review is read a second time."))
    if review.draw.message_id is not None:
        # Read blind the whole conversation stands there, under the name of who handled it: not what was scored, nor of whom.
        return denied(_("This review is about one message alone; whole conversations are read a second time."))
    if GraderReview.objects.filter(review=review).exists():
        return denied(_("This review was given to a second reader already."))
    return ALLOWED


def can_draw_grader_reviews(person: Person) -> Decision:
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the head of support draws reviews for a second reading."))


def graders_to_pick(review: Review) -> QuerySet[Person]:
    """Reviewers and the head, without who scored, whose conversation it is, and who approved the review and so knows it."""
    graders = Person.objects.active().filter(role_grants__role__in=(Role.REVIEWER, Role.HEAD)).distinct()
    approved = ReleaseStep.objects.filter(review=review, kind=ReleaseStep.Kind.APPROVED, by__isnull=False)
    return graders.exclude(pk__in=[review.reviewer_id, review.reviewee_id]).exclude(pk__in=approved.values("by_id"))


def grader_reviews_visible_to(person: Person) -> QuerySet[GraderReview]:
    """The head all; others those they were asked for and, once submitted, those of their own reviews."""
    if not knows_calibration(person):
        return GraderReview.objects.none()
    found = GraderReview.objects.exclude(review__reviewee=person)
    if person.has_role(Role.HEAD):
        return found
    done = Q(scoring__state=BlindScoring.State.SUBMITTED)
    return found.filter(Q(scoring__scorer=person) | (done & Q(review__reviewer=person)))


def get_grader_review_for(person: Person, pk: int) -> GraderReview:
    """A second reading whose result may be read; 404 for a stranger's, 403 before it is submitted."""
    found = grader_reviews_visible_to(person).select_related(
        "review__reviewer",
        "review__interaction",
        "review__scorecard_version__scorecard",
        "scoring__scorer",
        "scoring__interaction",
    )
    reading = found.filter(pk=pk).first()
    if reading is None:
        raise Http404
    if not reading.scoring.is_submitted:
        denied(_("The second reading is not submitted yet.")).or_403()
    return reading


def can_reply_to_grader(person: Person, reading: GraderReview) -> Decision:
    if reading.review.reviewer_id != person.pk:
        return denied(_("Only the reviewer whose review was read answers."))
    if not reading.scoring.is_submitted:
        return denied(_("The second reading is not submitted yet."))
    return denied(_("You have answered already.")) if reading.reply else ALLOWED
