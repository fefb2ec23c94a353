"""A calibration session from its preparation to its end: draft, scoring, being discussed, agreed, closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from random import Random

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.interactions.models import Interaction
from coaching.quality.calibration.access import interactions_to_calibrate, participants_to_pick
from coaching.quality.calibration.sheets import load_sections, make_sheet
from coaching.quality.calibration.tasks import count_agreement
from coaching.quality.days import local_day
from coaching.quality.models import (
    Answer,
    BlindRating,
    BlindScoring,
    CalibrationItem,
    CalibrationParticipant,
    CalibrationSession,
    Consensus,
    Criterion,
    Review,
    ScorecardVersion,
)
from coaching.quality.queries.lists import day_range
from coaching.quality.services.errors import QualityError
from people.audit import record
from people.models import Person

FEWEST_PARTICIPANTS = 2
MOST_ITEMS = 20


@dataclass(frozen=True, kw_only=True)
class ConsensusInput:
    """What was agreed on for one criterion; neither answer nor N/A means nothing yet."""

    criterion_id: int
    answer_id: int | None = None
    is_na: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SessionInput:
    """How a session is set up. `threshold` in percent of the scale."""

    title: str
    version: ScorecardVersion
    due_on: date
    threshold: int
    participants: Sequence[Person]


def locked_session(pk: int) -> CalibrationSession:
    """The session as it stands now, its row locked until the transaction ends: whoever submits or ends scoring holds it first."""
    return CalibrationSession.objects.select_for_update(of=("self",)).select_related("scorecard_version").get(pk=pk)


def _locked_in(session: CalibrationSession, *states: str) -> CalibrationSession:
    session = locked_session(session.pk)
    if session.state not in states:
        raise QualityError(_("This session is “%(state)s” by now. Reload the page.") % {"state": session.get_state_display()})
    return session


def random_reviewed(
    *, actor: Person, version: ScorecardVersion, participants: Iterable[Person], wanted: int, since: date, until: date, seed: str
) -> list[Interaction]:
    """Up to `wanted` conversations at random, whose review with this scorecard was published on these days; none of a participant's."""
    start, end = day_range(since, until)
    reviewed = Review.objects.filter(
        state=Review.State.PUBLISHED,
        scorecard_version__scorecard=version.scorecard_id,
        published_at__gte=start,
        published_at__lt=end,
    ).exclude(reviewee__in=[person.pk for person in participants])
    able = interactions_to_calibrate(actor, until).filter(pk__in=reviewed.values("interaction_id"))
    keys = sorted(able.values_list("pk", flat=True))
    chosen = Random(seed).sample(keys, min(wanted, len(keys)))  # noqa: S311 - not a secret, a lot
    return list(able.filter(pk__in=chosen))


@transaction.atomic
def create_session(
    *, actor: Person, wish: SessionInput, interactions: Sequence[Interaction], now: datetime
) -> CalibrationSession:
    """Prepare a session with these conversations; its facilitator is `actor`. Nobody is told before it is opened.

    Raises QualityError with fewer than two participants, one whose own conversation is among them, or a due day that has passed.
    """
    session = CalibrationSession(facilitator=actor, created_at=now)
    _set_up(session, wish, now)
    _add_items(session, interactions)
    _check_people(session, wish.participants)
    record(actor=actor, verb="calibration.create", target=session, after=_facts(session), now=now)
    return session


@transaction.atomic
def change_session(
    *,
    actor: Person,
    session: CalibrationSession,
    wish: SessionInput,
    interactions: Sequence[Interaction] = (),
    remove_items: Iterable[int] = (),
    now: datetime,
) -> CalibrationSession:
    """Set it up anew while it is being prepared; conversations are added and taken out. Raises QualityError as `create_session` does."""
    session = _locked_in(session, CalibrationSession.State.DRAFT)
    before = _facts(session)
    session.items.filter(pk__in=list(remove_items)).delete()
    _set_up(session, wish, now)
    _add_items(session, interactions)
    _check_people(session, wish.participants)
    record(actor=actor, verb="calibration.change", target=session, before=before, after=_facts(session), now=now)
    return session


def _set_up(session: CalibrationSession, wish: SessionInput, now: datetime) -> None:
    if wish.due_on < local_day(now):
        raise QualityError(_("The day to score by has passed. Choose a later one."))
    session.title, session.scorecard_version = wish.title.strip(), wish.version
    session.due_on, session.threshold = wish.due_on, wish.threshold
    session.save()
    wanted = {person.pk for person in wish.participants}
    session.participants.exclude(person__in=wanted).delete()
    have = set(session.participants.values_list("person_id", flat=True))
    CalibrationParticipant.objects.bulk_create(
        CalibrationParticipant(session=session, person_id=pk) for pk in sorted(wanted - have)
    )


def _add_items(session: CalibrationSession, interactions: Iterable[Interaction]) -> None:
    have = set(session.items.values_list("interaction_id", flat=True))
    position = max(session.items.values_list("position", flat=True), default=0)
    for interaction in interactions:
        person = interaction.handler.person if interaction.handler else None
        if person is None:
            raise QualityError(_("Nobody is matched to one of these conversations yet. Choose another."))
        if interaction.pk not in have:
            position += 1
            have.add(interaction.pk)
            CalibrationItem.objects.create(session=session, interaction=interaction, reviewee=person, position=position)
    if len(have) > MOST_ITEMS:
        raise QualityError(_("A session has at most %(most)s conversations.") % {"most": MOST_ITEMS})


def _check_people(session: CalibrationSession, participants: Sequence[Person]) -> None:
    if len({person.pk for person in participants}) < FEWEST_PARTICIPANTS:
        raise QualityError(_("Choose at least two participants."))
    able = set(participants_to_pick().values_list("pk", flat=True))
    for person in participants:
        if person.pk not in able:
            raise QualityError(_("%(person)s no longer reviews. Choose somebody else.") % {"person": person})
    own = set(session.items.values_list("reviewee_id", flat=True))
    for person in [*participants, session.facilitator]:
        if person.pk in own:
            raise QualityError(
                _("One of the conversations is %(person)s’s own. Nobody takes part where their own conversation is scored.")
                % {"person": person}
            )


def _facts(session: CalibrationSession) -> dict[str, object]:
    return {
        "due_on": session.due_on.isoformat(),
        "scorecard_version": session.scorecard_version_id,
        "cases": session.items.count(),
        "people": session.participants.count(),
    }


@transaction.atomic
def open_session(*, actor: Person, session: CalibrationSession, now: datetime) -> CalibrationSession:
    """Let everybody score. From now on nothing of the set-up changes.

    Raises QualityError without a conversation, or where the participants no longer fit (see `create_session`).
    """
    session = _locked_in(session, CalibrationSession.State.DRAFT)
    items = list(session.items.all())
    if not items:
        raise QualityError(_("Add at least one conversation first."))
    people = list(Person.objects.filter(pk__in=session.participants.values("person_id")))
    _check_people(session, people)
    BlindScoring.objects.bulk_create(
        BlindScoring(
            item=item, interaction_id=item.interaction_id, scorecard_version_id=session.scorecard_version_id, scorer=person
        )
        for item in items
        for person in people
    )
    session.state, session.opened_at = CalibrationSession.State.SCORING, now
    session.save(update_fields=["state", "opened_at"])
    record(actor=actor, verb="calibration.open", target=session, before={"state": "draft"}, after={"state": "scoring"}, now=now)
    return session


@transaction.atomic
def discard_session(*, actor: Person, session: CalibrationSession, now: datetime) -> None:
    """Throw a session away that is still being prepared. Raises QualityError once scoring has begun."""
    session = _locked_in(session, CalibrationSession.State.DRAFT)
    record(actor=actor, verb="calibration.discard", target=session, before=_facts(session), now=now)
    session.delete()


def missing_scorings(session: CalibrationSession) -> QuerySet[BlindScoring]:
    """What is not submitted, of people whose account is in use: nobody waits for who has left."""
    return BlindScoring.objects.filter(item__session=session, state=BlindScoring.State.DRAFT, scorer__is_active=True)


def end_scoring(session: CalibrationSession, *, by: Person | None, now: datetime) -> None:
    """Open the answers of a locked session to its people; `by` None: everybody has submitted."""
    session.state, session.ended_at, session.ended_by = CalibrationSession.State.REVIEW, now, by
    session.save(update_fields=["state", "ended_at", "ended_by"])
    record(actor=by, verb="calibration.end", target=session, before={"state": "scoring"}, after={"state": "review"}, now=now)


@transaction.atomic
def end_session_scoring(*, actor: Person, session: CalibrationSession, now: datetime) -> CalibrationSession:
    """End scoring although somebody has not submitted: their answers are left out, and the page says whose.

    Raises QualityError where scoring is over, or nobody has submitted anything.
    """
    session = _locked_in(session, CalibrationSession.State.SCORING)
    if not BlindScoring.objects.filter(item__session=session, state=BlindScoring.State.SUBMITTED).exists():
        raise QualityError(_("Nobody has submitted anything yet, so there is nothing to discuss."))
    end_scoring(session, by=actor, now=now)
    return session


@transaction.atomic
def save_consensus(
    *, actor: Person, item: CalibrationItem, wishes: Iterable[ConsensusInput], now: datetime
) -> CalibrationSession:
    """Write down what was agreed on for one conversation; nobody's own answers change. Storing the same again changes nothing.

    Raises QualityError outside the discussion, or for an answer that its criterion does not offer.
    """
    session = _locked_in(item.session, CalibrationSession.State.REVIEW)
    criteria = {c.pk: c for c in Criterion.objects.filter(section__version=session.scorecard_version)}
    offered = set(Answer.objects.filter(criterion__in=criteria).values_list("pk", "criterion_id"))
    stored = {row.criterion_id: row for row in Consensus.objects.filter(item=item)}
    changed = []
    for wish in wishes:
        criterion = criteria.get(wish.criterion_id)
        if criterion is None or (wish.answer_id is not None and (wish.answer_id, wish.criterion_id) not in offered):
            raise QualityError(_("That answer does not belong to this scorecard. Reload the page."))
        if wish.is_na and (not criterion.allow_na or wish.answer_id is not None):
            raise QualityError(_("“%(label)s” always applies.") % {"label": criterion})
        reason = wish.reason.replace("\r\n", "\n").strip()
        row = stored.get(criterion.pk)
        if wish.answer_id is None and not wish.is_na:
            if row is not None:
                row.delete()
                changed.append(criterion.key)
            continue
        if row is None:
            row = Consensus(item=item, criterion=criterion)
        elif (row.answer_id, row.is_na, row.reason) == (wish.answer_id, wish.is_na, reason):
            continue
        row.answer_id, row.is_na, row.reason = wish.answer_id, wish.is_na, reason
        row.decided_by, row.decided_at = actor, now
        row.save()
        changed.append(criterion.key)
    if changed:
        record(actor=actor, verb="calibration.agree", target=session, after={"criteria": sorted(changed)}, now=now)
    return session


def criteria_to_agree(session: CalibrationSession) -> dict[int, list[str]]:
    """By item: the labels of criteria without a consensus, of conversations that somebody has scored."""
    version = session.scorecard_version
    sections = load_sections(version)
    scored = session.items.filter(scorings__state=BlindScoring.State.SUBMITTED).distinct()
    missing = {}
    for item in scored.prefetch_related("consensus"):
        given: dict[int, Consensus | BlindRating] = {row.criterion_id: row for row in item.consensus.all()}
        sheet = make_sheet(version, sections, given)
        labels = [row.criterion.label for row in sheet.rows if row.line.asked and row.criterion.pk not in given]
        if labels:
            missing[item.pk] = labels
    return missing


@transaction.atomic
def resolve_session(*, actor: Person, session: CalibrationSession, conclusion: str = "", now: datetime) -> CalibrationSession:
    """The discussion is over: every criterion of every scored conversation has a consensus.

    Raises QualityError with how many are missing, or outside the discussion.
    """
    session = _locked_in(session, CalibrationSession.State.REVIEW)
    missing = sum(len(labels) for labels in criteria_to_agree(session).values())
    if missing:
        raise QualityError(
            ngettext(
                "%(n)s criterion has no agreed answer yet. Open the conversation and choose one.",
                "%(n)s criteria have no agreed answer yet. Open the conversations and choose one for each.",
                missing,
            )
            % {"n": missing}
        )
    session.state, session.resolved_at, session.conclusion = CalibrationSession.State.RESOLVED, now, conclusion.strip()
    session.save(update_fields=["state", "resolved_at", "conclusion"])
    record(
        actor=actor, verb="calibration.resolve", target=session, before={"state": "review"}, after={"state": "resolved"}, now=now
    )
    return session


@transaction.atomic
def close_session(*, actor: Person, session: CalibrationSession, now: datetime) -> CalibrationSession:
    """Put it away; how far reviewers agree is then counted anew. Raises QualityError before it is agreed."""
    session = _locked_in(session, CalibrationSession.State.RESOLVED)
    session.state, session.closed_at = CalibrationSession.State.CLOSED, now
    session.save(update_fields=["state", "closed_at"])
    record(
        actor=actor, verb="calibration.close", target=session, before={"state": "resolved"}, after={"state": "closed"}, now=now
    )
    transaction.on_commit(partial(count_agreement.enqueue, now.isoformat()))
    return session
