"""Choosing conversations for review."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from coaching.interactions.models import Interaction, Message
from coaching.quality.access import can_receive_draws
from coaching.quality.days import local_day
from coaching.quality.models import Review, ReviewDraw, WorkingNote
from coaching.quality.services.errors import QualityError
from people.audit import record
from people.models import Person

DAYS_TO_REVIEW = 7


def week_of(day: date) -> str:
    """The ISO week as "2026-W24"."""
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02d}"


def lot(seed: int | str, *parts: object) -> bytes:
    """A lot drawn for these parts: evenly spread, the same again for the same seed on any machine."""
    return hashlib.sha256(":".join(map(str, (seed, *parts))).encode()).digest()


def reviewable_interactions(since: date, until: date) -> QuerySet[Interaction]:
    """Conversations of these days (resolved, or opened where still open) of one of our people, with a public reply."""
    replied = Message.objects.filter(interaction=OuterRef("pk"), author_kind=Message.AuthorKind.AGENT, is_private=False)
    in_window = Q(resolved_on__range=(since, until)) | Q(resolved_on=None, opened_on__range=(since, until))
    return Interaction.objects.filter(in_window, Exists(replied), handler__person__isnull=False)


def drawable_interactions(since: date, until: date) -> QuerySet[Interaction]:
    """Those of them that were never drawn before."""
    return reviewable_interactions(since, until).filter(~Exists(ReviewDraw.objects.filter(interaction=OuterRef("pk"))))


@transaction.atomic
def draw_reviews(
    *,
    actor: Person | None,
    reviewers: Iterable[Person],
    people: Iterable[Person],
    per_person: int,
    since: date,
    until: date,
    seed: int | str,
    now: datetime,
) -> list[ReviewDraw]:
    """Draw up to `per_person` conversations of each person at random, spread evenly over the reviewers.

    Conversations of the days `since` to `until`, both included. Counts what was already drawn for the
    week of `now`, so running twice adds nothing. The same seed and data give the same draw. Nobody
    reviews themselves; nothing is drawn twice; who has no account in use is passed over on both sides.
    Each draw knows how likely it was: one stratum of all the person's cases, those drawn for the week among them.
    Raises QualityError where there is no reviewer.
    """
    reviewers = list(Person.objects.active().filter(pk__in=[p.pk for p in reviewers]).order_by("pk"))
    if not reviewers:
        raise QualityError(_("There is nobody to review. Give somebody the role QA reviewer."))
    # Locking the people keeps two runs at the same time from both seeing "none drawn yet".
    people = list(Person.objects.active().select_for_update(no_key=True).filter(pk__in=[p.pk for p in people]).order_by("pk"))
    today = local_day(now)
    period = week_of(today)
    of_week = ReviewDraw.objects.filter(method=ReviewDraw.Method.RANDOM, period=period).exclude(state=ReviewDraw.State.REPLACED)
    have = Counter(of_week.values_list("reviewee_id", flat=True))
    load = Counter(of_week.values_list("reviewer_id", flat=True))
    before = ReviewDraw.objects.filter(method=ReviewDraw.Method.RANDOM, period=period).order_by()
    earlier = Counter(person for person, _case in before.values_list("reviewee_id", "interaction_id").distinct())
    missing = [p for p in people if have[p.pk] < per_person]
    candidates: dict[int, list[int]] = {p.pk: [] for p in missing}
    drawable = drawable_interactions(since, until).filter(handler__person__in=missing).order_by("pk")
    for person_id, pk in drawable.values_list("handler__person_id", "pk"):
        candidates[person_id].append(pk)
    draws = []
    for person in missing:
        others = [r for r in reviewers if r.pk != person.pk]
        if not others:
            continue
        wanted = min(per_person - have[person.pk], len(candidates[person.pk]))
        if not wanted:
            continue
        cases, standing = len(candidates[person.pk]) + earlier[person.pk], have[person.pk] + wanted
        if earlier[person.pk]:
            # The week has more cases now than when it was first drawn from; one stratum has one size.
            of_person = ReviewDraw.objects.filter(
                method=ReviewDraw.Method.RANDOM, period=period, reviewee=person, plan=None, stratum_cases__isnull=False
            )
            of_person.update(stratum_cases=cases, inclusion=standing / cases)
        shuffled = sorted(candidates[person.pk], key=lambda pk: lot(seed, "case", pk))
        for pk in sorted(shuffled[:wanted]):
            reviewer = min(others, key=lambda r: (load[r.pk], lot(seed, "reviewer", pk, r.pk)))
            load[reviewer.pk] += 1
            draws.append(
                ReviewDraw(
                    interaction_id=pk,
                    reviewer=reviewer,
                    reviewee=person,
                    method=ReviewDraw.Method.RANDOM,
                    reason=_("Drawn at random for %(week)s") % {"week": period},
                    period=period,
                    drawn_at=now,
                    drawn_by=actor,
                    due_on=today + timedelta(days=DAYS_TO_REVIEW),
                    stratum=0,
                    stratum_cases=cases,
                    inclusion=standing / cases,
                )
            )
    ReviewDraw.objects.bulk_create(draws)
    if draws:
        record(
            actor=actor,
            verb="review.draw",
            after={"period": period, "seed": str(seed), "draws": [[d.pk, d.reviewer_id, d.reviewee_id] for d in draws]},
            now=now,
        )
    return draws


@transaction.atomic
def draw_one(
    *,
    actor: Person,
    interaction: Interaction,
    reviewer: Person,
    reason: str,
    method: str = ReviewDraw.Method.HAND_PICKED,
    position: int | None = None,
    now: datetime,
) -> ReviewDraw:
    """Give one conversation to a reviewer by hand. It is for coaching and never enters anybody's figures.

    `method`: picked by hand, or for a reason that was suggested.
    With `position`, one message of it: the review is about that message and whoever wrote it.

    Raises QualityError without a reason, without a matched handler, for the reviewer's own
    conversation, where this reviewer already has it, where one of the two has no account in use, or for a message
    that is not there or was not written by one of our people.
    """
    reason = reason.strip()
    if not reason:
        raise QualityError(_("Say why this conversation should be reviewed."))
    message = None if position is None else _message_at(interaction, position)
    writer = message.author if message else interaction.handler
    person = writer.person if writer else None
    if person is None:
        raise QualityError(_("Nobody is matched to this conversation yet, so nobody could read the review."))
    must_be_reviewable(person, reviewer)
    if not interaction.messages.exists():
        raise QualityError(_("This case has no messages to review."))
    draw = _give(
        ReviewDraw(
            interaction=interaction,
            message=message,
            reviewer=reviewer,
            reviewee=person,
            method=method,
            reason=reason[:200],
            drawn_at=now,
            drawn_by=actor,
            due_on=local_day(now) + timedelta(days=DAYS_TO_REVIEW),
        )
    )
    record(
        actor=actor,
        verb="review.draw_one",
        target=draw,
        subject=person,
        after={"interaction": interaction.pk, "reviewer": reviewer.pk},
        now=now,
    )
    return draw


def _message_at(interaction: Interaction, position: int) -> Message:
    """The message with this number; QualityError where none has it or no person of ours wrote it."""
    found = Message.objects.filter(interaction=interaction, position=position).select_related("author__person").first()
    if found is None:
        raise QualityError(_("This conversation has no message %(n)d.") % {"n": position})
    if found.author is None or found.author.person is None:
        raise QualityError(_("Message %(n)d was not written by one of your people.") % {"n": position})
    return found


def must_be_reviewable(person: Person, reviewer: Person) -> None:
    """Raise QualityError where this reviewer cannot review this person: gone, no longer reviewing, or the same."""
    if person.pk == reviewer.pk:
        raise QualityError(_("Nobody reviews their own conversation. Choose another reviewer."))
    if not can_receive_draws(reviewer):
        raise QualityError(_("%(reviewer)s no longer reviews. Choose another reviewer.") % {"reviewer": reviewer})
    if not person.is_active:
        raise QualityError(_("%(person)s has no active account any more, so nobody would read the review.") % {"person": person})


def _give(draw: ReviewDraw) -> ReviewDraw:
    """Store a new draw; QualityError where its reviewer has the conversation already."""
    already = QualityError(_("%(reviewer)s already has this conversation.") % {"reviewer": draw.reviewer})
    standing = ReviewDraw.objects.filter(interaction=draw.interaction_id, reviewer=draw.reviewer_id)
    if standing.exclude(state=ReviewDraw.State.REPLACED).exists():
        raise already
    try:
        with transaction.atomic():
            draw.save(force_insert=True)
    except IntegrityError as error:
        # A second click came between the look and the insert; the constraint kept it single.
        raise already from error
    return draw


@transaction.atomic
def reassign_draw(*, actor: Person, draw: ReviewDraw, reviewer: Person, now: datetime) -> ReviewDraw:
    """Give an open conversation to another reviewer, who begins afresh and has a week; the draw they have now.

    How, why, for which cycle and how likely it was drawn stays, so a random one still enters figures. The earlier
    reviewer's draw counts as replaced: a draft of theirs stays unpublished.
    Raises QualityError where it is no longer open, or the new reviewer has it already or cannot have it.
    """
    # In the order in which publishing holds them: the draft, then its draw.
    list(Review.objects.select_for_update(of=("self",)).filter(draw=draw, state=Review.State.DRAFT))
    draw = ReviewDraw.objects.select_for_update(of=("self",)).select_related("reviewee").get(pk=draw.pk)
    if draw.state not in ReviewDraw.OPEN_STATES:
        raise QualityError(_("This conversation is no longer waiting for a review."))
    must_be_reviewable(draw.reviewee, reviewer)
    given = _give(
        ReviewDraw(
            interaction_id=draw.interaction_id,
            message_id=draw.message_id,
            reviewer=reviewer,
            reviewee=draw.reviewee,
            method=draw.method,
            reason=draw.reason,
            plan_id=draw.plan_id,
            period=draw.period,
            stratum=draw.stratum,
            stratum_cases=draw.stratum_cases,
            inclusion=draw.inclusion,
            drawn_at=now,
            drawn_by=actor,
            due_on=local_day(now) + timedelta(days=DAYS_TO_REVIEW),
        )
    )
    before = {"draw": draw.pk, "reviewer": draw.reviewer_id, "state": str(draw.state)}
    draw.state = ReviewDraw.State.REPLACED
    draw.save(update_fields=["state"])
    WorkingNote.objects.filter(review__draw=draw).delete()
    record(
        actor=actor,
        verb="review.reassign_draw",
        target=given,
        subject=draw.reviewee,
        before=before,
        after={"draw": given.pk, "reviewer": reviewer.pk},
        now=now,
    )
    return given


def inclusion_of(standing: int, cases: int) -> float:
    """How likely each case of a stratum was, by what stands of it in the end.

    The lots order all cases at random, and what cannot be reviewed is left out by what it is, not by how it would have been scored:
    what stands is a random choice of so many. Weighing by how many were to be drawn instead would count a stratum for too little
    where some were taken out for good (post-stratification; Särndal, Swensson and Wretman 1992, section 7.6).
    """
    return min(1.0, standing / cases)


def of_same_stratum(draw: ReviewDraw) -> QuerySet[ReviewDraw]:
    """What was drawn by lot from the same cases of the same person for the same cycle, taken out or not; else the draw alone."""
    if draw.method != ReviewDraw.Method.RANDOM or draw.stratum_cases is None:
        return ReviewDraw.objects.filter(pk=draw.pk)
    same = {"plan": draw.plan_id, "period": draw.period, "reviewee": draw.reviewee_id, "stratum": draw.stratum}
    return ReviewDraw.objects.filter(method=ReviewDraw.Method.RANDOM, stratum_cases=draw.stratum_cases, **same)


def locked_with_stratum(draw: ReviewDraw) -> ReviewDraw:
    """The draw as it stands now, locked with all of its stratum in the order of keys: whoever takes one out changes what the others say."""
    locked = of_same_stratum(draw).select_for_update(of=("self",)).select_related("reviewee").order_by("pk")
    return next(one for one in list(locked) if one.pk == draw.pk)


def say_inclusion_anew(draw: ReviewDraw) -> None:
    """How likely a case of its stratum was is the same for all that stand of it. Locked by the caller."""
    if draw.method != ReviewDraw.Method.RANDOM or draw.stratum_cases is None:
        return
    standing = of_same_stratum(draw).exclude(state=ReviewDraw.State.REPLACED)
    if n := standing.count():
        standing.update(inclusion=inclusion_of(n, draw.stratum_cases))


@transaction.atomic
def take_out(*, actor: Person, draw: ReviewDraw, reason: str, now: datetime) -> None:
    """Take a waiting conversation out of the queue, with a reason; the next draw of the cycle fills the gap.

    Until it does, the others of its stratum stand for its cases and say so (`inclusion`). Raises QualityError without a reason or once the review was begun.
    """
    draw = locked_with_stratum(draw)
    if not reason.strip():
        raise QualityError(_("Say why this conversation cannot be reviewed."))
    if draw.state != ReviewDraw.State.WAITING:
        raise QualityError(_("This conversation is no longer waiting."))
    draw.state = ReviewDraw.State.REPLACED
    draw.reason = _("Taken out: %(reason)s") % {"reason": reason.strip()[:180]}
    draw.save(update_fields=["state", "reason"])
    say_inclusion_anew(draw)
    record(
        actor=actor,
        verb="review.take_out",
        target=draw,
        subject=draw.reviewee,
        before={"state": "waiting"},
        after={"state": draw.state},
        now=now,
    )
