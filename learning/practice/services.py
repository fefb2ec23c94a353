"""What somebody does with their own practice. Making cards and taking them back: `practice.cards`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from cms.models import Standard
from learning.modules.questions.answers import AnswerError, checked, is_answered
from learning.modules.questions.marking import mark_question
from learning.modules.questions.serial import to_json
from learning.practice.cards import make_cards_of
from learning.practice.errors import Incomplete, PracticeError
from learning.practice.models import PracticeAnswer, PracticeCard, PracticeChoice, PracticePause, PracticeReason
from learning.practice.queries import A_DAY, answered_on, current_pause, shares
from learning.practice.questions import Practised, questions_of
from learning.practice.scheduling import MOST_SECONDS, rating_of, schedule
from people.audit import record
from people.delivery import local_day
from people.models import Person

_SALT = "daily-practice"


@dataclass(frozen=True)
class Shown:
    """What a page showed: it comes back with the answer, signed. `number` makes a second click the same answer."""

    card_id: int
    number: int
    digest: str
    at: float


def show(card: PracticeCard, practised: Practised, now: datetime) -> str:
    """What the form carries; nothing is stored by showing a question."""
    return signing.dumps([card.pk, card.answered + 1, practised.digest, now.timestamp()], salt=_SALT)


def shown(token: str) -> Shown:
    """Raises PracticeError where no page of ours made it."""
    try:
        return Shown(*signing.loads(token, salt=_SALT))
    except signing.BadSignature as error:
        raise PracticeError(_("This page is out of date. Here is what is asked now.")) from error


@transaction.atomic
def answer_card(*, actor: Person, seen: Shown, sent: Sequence[str], fuzz: bool = True, now: datetime) -> PracticeAnswer:
    """Mark the answer, keep it with what was asked, and say when the question comes again.

    The same page sent again, from a second click or tab, gives the first answer back. Raises Incomplete without a whole
    answer, and PracticeError where this question is not to be answered now: three were answered today, it was changed or
    taken out since it was shown, it is not due, or practice rests.
    """
    _hold(actor)
    card = PracticeCard.objects.select_for_update().filter(person=actor, pk=seen.card_id).first()
    if card is None:
        raise PracticeError(_("This page is out of date. Here is what is asked now."))
    earlier = PracticeAnswer.objects.filter(card=card, number=seen.number).first()
    if earlier is not None:
        return earlier
    today = local_day(actor, now)
    practised = _to_answer(actor, card, seen, today)
    question = practised.question
    try:
        given = checked(question, sent)
    except AnswerError as error:
        raise PracticeError(str(error)) from error
    if not is_answered(question, given):
        raise Incomplete
    seconds = _seconds(seen, now)
    rating = rating_of(right=mark_question(question, given).right, seconds=seconds, words=practised.words)
    follows = schedule(card.state, rating, today, fuzz=fuzz)
    answer = PracticeAnswer.objects.create(
        card=card,
        number=seen.number,
        content=to_json(question),
        digest=practised.digest,
        answer=given,
        rating=rating,
        seconds=seconds,
        was_due_on=min(card.due_on, card.wanted_on or card.due_on),
        on=today,
        next_on=follows.due_on,
        at=now,
        shared=shares(actor),
    )
    answer.standards.set(Standard.objects.published().filter(pk__in=practised.standard_ids))
    card.state, card.due_on, card.wanted_on = follows.state, follows.due_on, None
    card.answered, card.last_answered_on = seen.number, today
    card.save(update_fields=["state", "due_on", "wanted_on", "answered", "last_answered_on"])
    record(actor=actor, verb="practice.answer", target=answer, subject=actor, now=now)
    return answer


def _to_answer(actor: Person, card: PracticeCard, seen: Shown, today: date) -> Practised:
    practised = questions_of([card]).get(card.pk)
    if practised is None:
        raise PracticeError(_("This question was taken out meanwhile. Here is what is asked now."))
    if practised.digest != seen.digest:
        raise PracticeError(_("This question was changed meanwhile. Here it is as it reads now."))
    if current_pause(actor, today) is not None:
        raise PracticeError(_("Your practice rests. Go on with it first."))
    if answered_on(actor, today) >= A_DAY:
        raise PracticeError(_("That was all for today."))
    wanted = card.due_on <= today or (card.wanted_on is not None and card.wanted_on <= today)
    if seen.number != card.answered + 1 or not wanted or card.hidden_at is not None or card.retired_at is not None:
        raise PracticeError(_("This page is out of date. Here is what is asked now."))
    return practised


def _seconds(seen: Shown, now: datetime) -> int | None:
    passed = int(now.timestamp() - seen.at)
    return passed if 0 <= passed <= MOST_SECONDS else None


def _hold(person: Person) -> None:
    """Until the end of the transaction: two tabs answer one after the other, so that three a day are three."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)


@transaction.atomic
def put_aside(*, actor: Person, card: PracticeCard, because: str, note: str = "", now: datetime) -> None:
    """Not to be asked any more, with the reason. What was answered stays."""
    card = PracticeCard.objects.select_for_update().get(pk=card.pk)
    if card.hidden_at is not None:
        return
    card.hidden_at, card.hidden_because, card.hidden_note = now, because, note.strip()
    card.save(update_fields=["hidden_at", "hidden_because", "hidden_note"])
    record(actor=actor, verb="practice.put_aside", target=card, subject=actor, after={"reason": because}, now=now)


@transaction.atomic
def bring_back(*, actor: Person, card: PracticeCard, now: datetime) -> None:
    """Ask it again, when it is due."""
    card = PracticeCard.objects.select_for_update().get(pk=card.pk)
    if card.hidden_at is None:
        return
    card.hidden_at, card.hidden_because, card.hidden_note = None, "", ""
    card.save(update_fields=["hidden_at", "hidden_because", "hidden_note"])
    record(actor=actor, verb="practice.bring_back", target=card, subject=actor, now=now)


@transaction.atomic
def pause(*, actor: Person, until: date | None, now: datetime) -> PracticePause:
    """Nothing is asked from today until that day, or until they go on. A pause that runs is changed to this one."""
    _hold(actor)
    today = local_day(actor, now)
    if until is not None and until < today:
        raise PracticeError(_("The last day of the pause lies in the past. Choose today or a later day."))
    found = current_pause(actor, today) or PracticePause(person=actor, starts_on=today)
    found.until = until
    found.save()
    after = {"until": until.isoformat() if until else None}
    record(actor=actor, verb="practice.pause", target=found, subject=actor, after=after, now=now)
    return found


@transaction.atomic
def go_on(*, actor: Person, now: datetime) -> None:
    """End the pause: it lasted until yesterday. One that began today never was."""
    _hold(actor)
    today = local_day(actor, now)
    found = current_pause(actor, today)
    if found is None:
        return
    record(actor=actor, verb="practice.go_on", target=found, subject=actor, now=now)
    if found.starts_on == today:
        found.delete()
        return
    found.until = today - timedelta(days=1)
    found.save(update_fields=["until"])


@transaction.atomic
def share(*, actor: Person, shares: bool, now: datetime) -> None:
    """Let the lead see how one answers from now on, or take that back: they then see nothing of it any more."""
    _hold(actor)
    choice = PracticeChoice.objects.filter(person=actor).first() or PracticeChoice(person=actor)
    if choice.shares == shares:
        return
    choice.shares, choice.changed_at = shares, now
    choice.save()
    verb = "practice.share" if shares else "practice.unshare"
    record(actor=actor, verb=verb, subject=actor, now=now)


@transaction.atomic
def erase_practice(*, actor: Person | None, person: Person, now: datetime) -> int:
    """Delete everything held of somebody's practice but the sums that name nobody; how many answers there were."""
    _hold(person)
    answers = PracticeAnswer.objects.filter(card__person=person).erase()
    PracticeReason.objects.filter(card__person=person).delete()
    PracticeCard.objects.filter(person=person).delete()
    PracticePause.objects.filter(person=person).delete()
    PracticeChoice.objects.filter(person=person).delete()
    record(actor=actor, verb="practice.erase", subject=person, after={"answers": answers}, now=now)
    return answers


@transaction.atomic
def begin_anew(*, actor: Person, now: datetime) -> int:
    """Erase one's own practice and start again: cards of completed modules come back as new ones. How many answers went."""
    answers = erase_practice(actor=actor, person=actor, now=now)
    make_cards_of(actor, now)
    return answers
