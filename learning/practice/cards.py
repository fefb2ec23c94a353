"""Making cards and taking them back: from completed modules, and from what a review found missing.

Running any of it again changes nothing: a card is there once per person and question, a reason once per card and cause.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from cms.models import Standard
from learning.assignments import drawn
from learning.assignments.models import Completion
from learning.modules.models import Module
from learning.practice.models import PracticeCard, PracticeCardQuerySet, PracticedModule, PracticeReason
from learning.practice.questions import names_of
from people.audit import record
from people.delivery import local_day
from people.models import Person

# A review brings one day's worth: what was missing is practised tomorrow, not for a fortnight.
MOST_PER_CAUSE = 3
# What was completed in a transaction that ended late is seen by the next look all the same.
LOOK_BACK = timedelta(days=1)
AT_ONCE = 500


@dataclass(frozen=True)
class Made:
    cards: int
    retired: int


def make_cards(*, now: datetime) -> Made:
    """Cards for what was completed or published since the last look; cards whose question is gone rest until it is back."""
    done = Completion.objects.filter(module=OuterRef("pk"))
    kept = PracticeCard.objects.filter(module=OuterRef("pk"))
    modules = Module.objects.filter(Exists(done) | Exists(kept)).select_related("live_revision").order_by("pk")
    seen = {row.module_id: row for row in PracticedModule.objects.all()}
    made = retired = 0
    for module in modules.defer("lessons", "quiz"):
        with transaction.atomic():
            added, gone = _make_for(module, seen.get(module.pk), now)
        made, retired = made + added, retired + gone
    return Made(made, retired + _retire_drawn(now))


def _make_for(module: Module, seen: PracticedModule | None, now: datetime) -> tuple[int, int]:
    revision = (module.live_revision_id or 0) if module.live else 0
    changed = seen is None or seen.revision != revision
    completions = Completion.objects.filter(module=module)
    if seen is not None and not changed:
        completions = completions.filter(completed_at__gte=seen.looked_at - LOOK_BACK)
    names = names_of(module) if changed or completions.exists() else []
    made = _from_completions(module, completions.order_by("pk"), names, now) if names or completions.exists() else 0
    written = PracticeCard.objects.filter(module=module, question__startswith=f"{module.pk}:")
    gone = _retire(written.exclude(question__in=names), written.filter(question__in=names), now) if changed else 0
    PracticedModule.objects.update_or_create(module=module, defaults={"revision": revision, "looked_at": now})
    return made, gone


def make_cards_of(person: Person, now: datetime) -> int:
    """Cards for all that this person has completed; how many were made."""
    completions = Completion.objects.filter(person=person)
    modules = Module.objects.filter(Exists(completions.filter(module=OuterRef("pk")))).select_related("live_revision")
    return sum(
        _from_completions(module, completions.filter(module=module).order_by("pk"), names_of(module), now)
        for module in modules.defer("lessons", "quiz")
    )


def _from_completions(module: Module, completions: QuerySet[Completion], names: Sequence[str], now: datetime) -> int:
    rows = list(completions.values_list("person_id", "person__time_zone", "attempt_id", "completed_at"))
    made = 0
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        met = drawn.met_in(row[2] for row in some)
        wanted: dict[tuple[int, str], tuple[date, datetime]] = {}
        for person_id, zone, attempt_id, at in some:
            day = at.astimezone(ZoneInfo(zone or "UTC")).date()
            today = now.astimezone(ZoneInfo(zone or "UTC")).date()
            for name in (*names, *met.get(attempt_id, ())):
                # Asked on the day after one has learnt it; never as if it had been due before there was a card.
                wanted.setdefault((person_id, name), (max(day + timedelta(days=1), today), at))
        made += _add(module, wanted, now)
    return made


def _add(module: Module, wanted: dict[tuple[int, str], tuple[date, datetime]], now: datetime) -> int:
    people, names = {person for person, _name in wanted}, {name for _person, name in wanted}
    there = PracticeCard.objects.filter(person__in=people, question__in=names)
    before = set(there.values_list("person_id", "question"))
    PracticeCard.objects.bulk_create(
        (
            PracticeCard(person_id=person, module=module, question=name, due_on=due, made_at=now)
            for (person, name), (due, _at) in wanted.items()
            if (person, name) not in before
        ),
        ignore_conflicts=True,
    )
    cause = f"module:{module.pk}"
    cards = {(card.person_id, card.question): card for card in there.all() if (card.person_id, card.question) in wanted}
    PracticeReason.objects.bulk_create(
        (
            PracticeReason(card=card, kind=PracticeReason.Kind.MODULE, cause=cause, at=wanted[key][1])
            for key, card in cards.items()
        ),
        ignore_conflicts=True,
    )
    _wake(cards.values())
    return len(cards.keys() - before)


def _wake(cards: Iterable[PracticeCard]) -> None:
    """What was taken back with its evidence and has another reason now is asked again."""
    resting = [card.pk for card in cards if card.retired_because == PracticeCard.Gone.EVIDENCE]
    PracticeCard.objects.filter(pk__in=resting).update(retired_at=None, retired_because="")


def _retire(gone: PracticeCardQuerySet, back: PracticeCardQuerySet, now: datetime) -> int:
    """Cards whose question is not asked any more rest; those whose question is back are taken into use again."""
    question = PracticeCard.Gone.QUESTION
    back.filter(retired_because=question).update(retired_at=None, retired_because="")
    return gone.filter(retired_at=None).update(retired_at=now, retired_because=question)


def _retire_drawn(now: datetime) -> int:
    """The same for questions that are drawn from a bank."""
    cards = PracticeCard.objects.exclude(question__contains=":")
    names = set(cards.order_by().values_list("question", flat=True).distinct())
    asked = {name for name, found in drawn.named(names).items() if found.question.kind != "free"}
    return _retire(cards.filter(question__in=names - asked), cards.filter(question__in=asked), now) if names else 0


@transaction.atomic
def add_cards_for_standard(
    *, person: Person, standard: Standard, because: str, evidence_url: str, cause: str, instead_of: str = "", now: datetime
) -> list[PracticeCard]:
    """Up to three questions on a standard, wanted at once, each with the because. The same cause never adds twice.

    They come from the published modules that teach it, completed or not: what was missing at work is not kept waiting
    for a module. Modules that teach the least else come first, and what the person has practised least. What they have
    put aside stays there. Nothing where no module teaches it, or the account is switched off.

    `instead_of` names an earlier cause that this one corrects: its questions are kept, as far as they were practised.
    """
    if not person.is_active or PracticeReason.objects.filter(card__person=person, cause=cause).exists():
        return []
    today = local_day(person, now)
    standing = PracticeReason.objects.filter(cause=instead_of, withdrawn_at=None) if instead_of else PracticeReason.objects.none()
    cards = list(PracticeCard.objects.filter(person=person, pk__in=standing.values("card_id")).order_by("pk"))
    if not cards:
        cards = _want(person, _chosen(person, standard), today, now)
    PracticeReason.objects.bulk_create(
        PracticeReason(
            card=card,
            kind=PracticeReason.Kind.EVIDENCE,
            cause=cause,
            standard=standard,
            because=because,
            evidence_url=evidence_url,
            at=now,
        )
        for card in cards
    )
    if cards:
        after = {"cause": cause, "cards": len(cards)}
        record(actor=None, verb="practice.add", subject=person, after=after, now=now)
    return cards


def _chosen(person: Person, standard: Standard) -> dict[str, Module]:
    modules = list(Module.objects.live().filter(standards=standard).select_related("live_revision").defer("lessons", "quiz"))
    # Counted apart: counting over the filtered join would see the one standard only.
    counts = Module.objects.filter(pk__in=[m.pk for m in modules]).values("pk").annotate(n=Count("standards"))
    width = {row["pk"]: row["n"] for row in counts} if len(modules) > 1 else dict.fromkeys((m.pk for m in modules), 1)
    asked = {name: module for module in sorted(modules, key=lambda m: (width[m.pk], m.pk)) for name in names_of(module)}
    there = {card.question: card for card in PracticeCard.objects.filter(person=person, question__in=asked)}
    free = [name for name in asked if name not in there or there[name].hidden_at is None]
    free.sort(key=lambda name: (there[name].wanted_on is not None, there[name].answered) if name in there else (False, 0))
    return {name: asked[name] for name in free[:MOST_PER_CAUSE]}


def _want(person: Person, chosen: dict[str, Module], today: date, now: datetime) -> list[PracticeCard]:
    """The cards of these questions, wanted from today on; new ones where there are none."""
    cards = PracticeCard.objects.filter(person=person, question__in=chosen)
    if cards.update(wanted_on=Coalesce("wanted_on", today), retired_at=None, retired_because="") < len(chosen):
        PracticeCard.objects.bulk_create(
            (
                PracticeCard(person=person, module=module, question=name, due_on=today, wanted_on=today, made_at=now)
                for name, module in chosen.items()
            ),
            ignore_conflicts=True,
        )
    return list(cards.order_by("pk"))


@transaction.atomic
def take_back_cards(*, cause: str, now: datetime) -> int:
    """The evidence behind this cause does not stand any more: what came of it alone and was never practised rests.

    Its reason is not shown any more, wherever the card stays. Returns how many cards were taken back.
    """
    reasons = list(PracticeReason.objects.filter(cause=cause, withdrawn_at=None).select_related("card__person"))
    PracticeReason.objects.filter(pk__in=[reason.pk for reason in reasons]).update(withdrawn_at=now)
    standing = PracticeReason.objects.filter(card=OuterRef("pk"), withdrawn_at=None)
    evidence = standing.filter(kind=PracticeReason.Kind.EVIDENCE)
    cards = PracticeCard.objects.filter(pk__in=[reason.card_id for reason in reasons])
    cards.filter(~Exists(evidence)).update(wanted_on=None)
    alone = cards.filter(~Exists(standing), Q(answered=0, retired_at=None))
    taken = alone.update(retired_at=now, retired_because=PracticeCard.Gone.EVIDENCE)
    if reasons:
        after = {"cause": cause, "cards": taken}
        record(actor=None, verb="practice.take_back", subject=reasons[0].card.person, after=after, now=now)
    return taken
