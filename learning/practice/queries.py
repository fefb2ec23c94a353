"""Reads of one's own practice, ready for a screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from cms.models import Standard
from learning.modules.content import plain_prompt, shown_prompt
from learning.modules.questions.kinds import Choice, part_id
from learning.modules.questions.marking import MarkedQuestion, mark_question
from learning.modules.questions.serial import from_json
from learning.practice.access import answers_visible_to, cards_visible_to
from learning.practice.models import PracticeAnswer, PracticeCard, PracticeChoice, PracticePause, PracticeReason
from learning.practice.questions import Practised, id_of, questions_of
from learning.practice.rhythm import LOOKED_BACK, Rhythm, Span, rhythm
from learning.practice.scheduling import FADING, retrievability
from people.delivery import local_day
from people.models import Absence, Person

A_DAY = 3
# So many cards are looked at for one whose question is still there; those that are gone rest with the next look.
CANDIDATES = 12


@dataclass(frozen=True)
class Offer:
    """What waits today, for a line on another page. `left` 0: nothing, or enough for today."""

    left: int


@dataclass(frozen=True)
class Next:
    """The card to ask now."""

    card: PracticeCard
    practised: Practised
    reasons: list[PracticeReason]
    order: tuple[str, ...]


@dataclass(frozen=True)
class Today:
    """Practice on this day where the person is."""

    on: date
    done: int
    left: int
    next: Next | None
    pause: PracticePause | None
    comes_on: date | None  # the day of the next question where none is due
    cards: int


@dataclass(frozen=True)
class Answered:
    """An answer as its person reads it: as it was asked then."""

    answer: PracticeAnswer
    marked: MarkedQuestion
    prompt: SafeString
    standards: list[Standard]


@dataclass(frozen=True)
class Held:
    """A card with its question in words (empty where it is gone), why it is there, and how it sits."""

    card: PracticeCard
    text: str
    reasons: list[PracticeReason]
    fading: bool | None  # None: never answered
    waits: bool


def current_pause(person: Person, on: date) -> PracticePause | None:
    running = Q(until=None) | Q(until__gte=on)
    return PracticePause.objects.filter(running, person=person, starts_on__lte=on).first()


def shares(person: Person) -> bool:
    return PracticeChoice.objects.filter(person=person, shares=True).exists()


def answered_on(person: Person, day: date) -> int:
    """How many questions they answered on that day of theirs."""
    return PracticeAnswer.objects.filter(card__person=person, on=day).count()


def offer_for(person: Person, now: datetime) -> Offer:
    """How many questions wait today; two or three quick queries, since first pages ask for it."""
    today = local_day(person, now)
    waiting = PracticeCard.objects.filter(person=person).due(today)[:A_DAY].count()
    if not waiting or current_pause(person, today) is not None:
        return Offer(0)
    return Offer(max(0, min(waiting, A_DAY - answered_on(person, today))))


def today_of(person: Person, now: datetime) -> Today:
    """Where somebody stands today, with the card to ask."""
    on = local_day(person, now)
    pause, done = current_pause(person, on), answered_on(person, on)
    own = cards_visible_to(person)
    due = own.due(on)
    found = next_card(list(due.in_order().select_related("module")[:CANDIDATES])) if pause is None and done < A_DAY else None
    left = min(A_DAY - done, due.count()) if found else 0
    later = own.in_use().filter(due_on__gt=on).order_by("due_on").values_list("due_on", flat=True).first()
    return Today(on, done, left, found, pause, later, own.in_use().count())


def next_card(candidates: Sequence[PracticeCard]) -> Next | None:
    """The first of them whose question is still asked."""
    questions = questions_of(candidates)
    card = next((card for card in candidates if card.pk in questions), None)
    if card is None:
        return None
    practised = questions[card.pk]
    ids = [answer.id for answer in practised.question.answers] if isinstance(practised.question, Choice) else []
    # Another order each time it is asked, and the same when the page is opened again: the place is not what is learnt.
    order = tuple(sorted(ids, key=lambda id: part_id(str(card.pk), str(card.answered), id)))
    return Next(card, practised, standing_reasons(card), order)


def standing_reasons(card: PracticeCard) -> list[PracticeReason]:
    """Why this card is there, the newest first; what was taken back is no reason."""
    return list(card.reasons.filter(withdrawn_at=None).select_related("standard", "card__module"))


def answered(answer: PracticeAnswer) -> Answered:
    """By the words and the key of then."""
    question = from_json(answer.content, id_of(answer.card.question))
    marked = mark_question(question, answer.answer)
    return Answered(answer, marked, shown_prompt(question), list(answer.standards.filter(live=True)))


def rhythm_of(person: Person, today: date) -> Rhythm:
    """How regularly they practised on days on which they worked and something was waiting."""
    own = answers_visible_to(person)
    spans = [Span(first, last) for first, last in own.values_list("was_due_on", "on")]
    cards = cards_visible_to(person).values_list("due_on", "wanted_on", "retired_at", "hidden_at", "made_at")
    for due, wanted, retired, hidden, made in cards:
        ended = min((at for at in (retired, hidden) if at), default=None)
        first = max(min(due, wanted or due), local_day(person, made))
        spans.append(Span(first, local_day(person, ended) if ended else None))
    away = Absence.objects.filter(person=person).values_list("starts_on", "until")
    pauses = PracticePause.objects.filter(person=person).values_list("starts_on", "until")
    return rhythm(
        today,
        practised=set(own.filter(on__gte=date.fromordinal(today.toordinal() - LOOKED_BACK)).values_list("on", flat=True)),
        off=[Span(first, last) for first, last in (*away, *pauses)],
        waiting=spans,
    )


def cards_of(person: Person, *, which: str = "", search: str = "") -> QuerySet[PracticeCard]:
    """One's cards: `which` is "" (in use), "aside" or "resting"; `search` in the module's title."""
    rows = cards_visible_to(person)
    for word in search.split()[:8]:
        rows = rows.filter(module__title__icontains=word)
    match which:
        case "aside":
            rows = rows.exclude(hidden_at=None)
        case "resting":
            rows = rows.exclude(retired_at=None).filter(hidden_at=None)
        case _:
            rows = rows.in_use()
    return rows.select_related("module").defer("module__lessons", "module__quiz").order_by("due_on", "pk")


def held(cards: Sequence[PracticeCard], today: date) -> list[Held]:
    """These cards as their person reads them."""
    questions = questions_of(cards)
    reasons: dict[int, list[PracticeReason]] = {}
    for reason in PracticeReason.objects.filter(card__in=cards, withdrawn_at=None).select_related("standard", "card__module"):
        reasons.setdefault(reason.card_id, []).append(reason)
    rows = []
    for card in cards:
        practised = questions.get(card.pk)
        text = plain_prompt(practised.question) if practised else ""
        fading = retrievability(card.state, today) < FADING if card.state else None
        waits = card.due_on <= today or (card.wanted_on is not None and card.wanted_on <= today)
        rows.append(Held(card, text, reasons.get(card.pk, []), fading, waits))
    return rows


def answers_of(person: Person) -> QuerySet[PracticeAnswer]:
    return answers_visible_to(person).select_related("card__module").order_by("-at", "-pk")


def counts_of(person: Person) -> dict[str, int]:
    """Cards in use, put aside and resting. One query."""
    return cards_visible_to(person).aggregate(
        in_use=Count("pk", filter=Q(hidden_at=None, retired_at=None)),
        aside=Count("pk", filter=~Q(hidden_at=None)),
        resting=Count("pk", filter=~Q(retired_at=None) & Q(hidden_at=None)),
    )


def everything_held(person: Person) -> dict[str, Any]:
    """All that is stored of somebody's practice, as plain values."""
    cards = list(cards_visible_to(person).select_related("module").prefetch_related("reasons__standard", "answers__standards"))
    return {
        "shares_with_lead": shares(person),
        "pauses": [
            {"starts_on": row.starts_on.isoformat(), "until": row.until.isoformat() if row.until else None}
            for row in PracticePause.objects.filter(person=person)
        ],
        "cards": [_card(card) for card in cards],
    }


def _card(card: PracticeCard) -> dict[str, Any]:
    return {
        "module": card.module.title,
        "question": card.question,
        "made_at": _moment(card.made_at),
        "due_on": card.due_on.isoformat(),
        "wanted_on": card.wanted_on.isoformat() if card.wanted_on else None,
        "schedule": card.state,
        "put_aside": {"at": _moment(card.hidden_at), "because": card.hidden_because, "note": card.hidden_note},
        "resting": {"at": _moment(card.retired_at), "because": card.retired_because},
        "reasons": [
            {
                "kind": row.kind,
                "standard": row.standard.title if row.standard else None,
                "because": row.because,
                "evidence": row.evidence_url,
                "at": _moment(row.at),
                "taken_back_at": _moment(row.withdrawn_at),
            }
            for row in card.reasons.all()
        ],
        "answers": [
            {
                "on": row.on.isoformat(),
                "at": _moment(row.at),
                "asked": row.content,
                "answer": row.answer,
                "rating": row.get_rating_display(),
                "seconds": row.seconds,
                "again_on": row.next_on.isoformat(),
                "shared_with_lead": row.shared,
                "standards": [standard.title for standard in row.standards.all()],
            }
            for row in card.answers.all()
        ],
    }


def _moment(at: datetime | None) -> str | None:
    return timezone.localtime(at).isoformat() if at else None
