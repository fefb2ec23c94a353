"""Drawing a cycle: whom, which of their conversations, for which reviewer."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from coaching.quality.models import PlanCycle, PlanShare, ReviewDraw, SamplingPlan
from coaching.quality.plans import population
from coaching.quality.plans.cycles import Cycle, cycle_before, cycle_on
from coaching.quality.plans.population import Candidate
from coaching.quality.plans.rules import Kind, Rules
from coaching.quality.plans.sharing import Lot, Seat, ToGive, allot, assign, spread
from coaching.quality.sampling import Stratum, strata
from coaching.quality.services.draws import lot as draw_lot
from coaching.quality.services.draws import say_inclusion_anew
from coaching.quality.services.errors import QualityError
from people.audit import record
from people.models import Person

KEPT_FOR_REPLACING = 20  # cases of each stratum


def day_of(rules: Rules, now: datetime) -> date:
    """The calendar day in the plan's zone."""
    return now.astimezone(ZoneInfo(rules.time_zone or settings.TIME_ZONE)).date()


def cycles_at(rules: Rules, day: date) -> tuple[Cycle, Cycle]:
    """The cycle of this day, and the one before it, from which its conversations come."""
    cycle = cycle_on(day, rules.rhythm, rules.start)
    return cycle, cycle_before(cycle, rules.rhythm, rules.start)


def draws_of_cycle(plan: SamplingPlan, period: str) -> QuerySet[ReviewDraw]:
    """Everything drawn for this cycle, taken out or not; for the default plan also what was drawn before there were plans."""
    own = Q(plan=plan)
    if plan.is_default:
        own |= Q(plan=None, method=ReviewDraw.Method.RANDOM)
    return ReviewDraw.objects.filter(own, period=period)


@dataclass(frozen=True)
class Picked:
    """What the lots say of one person: the strata, and of each the chosen cases and those that would come next."""

    parts: list[Stratum]
    chosen: list[list[int]]
    after: list[list[int]]


def pick(rules: Rules, person: int, cases: Sequence[Candidate], wanted: int, lot: Lot) -> Picked:
    """So many cases of a person, by lot within each stratum and evenly over the days."""
    day_of_case = {case.case: case.day for case in cases}
    by_lot = partial(lot, "case")
    if rules.by_risk:
        risk = {case.case: case.risk for case in cases}
        parts = strata(risk, wanted, by_lot, [share / 100 for share in rules.shares], rules.parts)
    else:
        parts = [Stratum(tuple(day_of_case), wanted)]
    chosen, after = [], []
    for number, part in enumerate(parts):
        in_days = sorted(part.cases, key=lambda case: (day_of_case[case], by_lot(case)))
        start = int.from_bytes(lot("start", person, number)[:6]) / 2**48
        taken = spread(in_days, part.wanted, start)
        chosen.append(taken)
        after.append(sorted(set(part.cases) - set(taken), key=by_lot))
    return Picked(parts, chosen, after)


@dataclass(frozen=True)
class Drawn:
    """What one run of a plan did. `cycle` is None where the run was not for a plan that is on."""

    cycle: PlanCycle
    draws: list[ReviewDraw]


def locked_plan(plan: SamplingPlan) -> SamplingPlan:
    """The plan as it stands now; a second run for it waits here until the first has ended.

    Only its own fields are held: whoever gives one of its draws away meanwhile writes a row that names it, and must not wait
    for a run that waits for that very draw.
    """
    return SamplingPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)


@transaction.atomic
def draw_plan(*, actor: Person | None, plan: SamplingPlan, seed: str = "", now: datetime) -> Drawn:
    """Draw the present cycle of a plan from the conversations of the one before.

    Running it again draws nothing anew: it fills what was taken out since from the same lots, and draws for people of whom
    nothing was drawn yet (no conversations had come in, or nobody had time). The same seed and data give the same draw.
    A cycle goes on by the rules it was begun with. Raises QualityError where the plan is not on, or nobody reviews for it.
    """
    plan = locked_plan(plan)
    if not plan.is_on:
        raise QualityError(_("This plan is not switched on."))
    today = day_of(plan.says, now)
    cycle, source = cycles_at(plan.says, today)
    if not population.reviewers_of(plan.says).exists():
        raise QualityError(_("There is nobody to review. Give somebody the role QA reviewer."))
    row = PlanCycle.objects.filter(plan=plan, name=cycle.name).first() or PlanCycle.objects.create(
        plan=plan,
        name=cycle.name,
        first=cycle.first,
        last=cycle.last,
        since=source.first,
        until=source.last,
        seed=seed or secrets.token_hex(8),
        rules=plan.rules,
        drawn_at=now,
    )
    if row.rules != plan.rules and not draws_of_cycle(plan, row.name).exists():
        row.rules, row.since, row.until = plan.rules, source.first, source.last
        row.save(update_fields=["rules", "since", "until"])
    run = _Run(actor, plan, row, today, now)
    draws = run.fill_gaps() + run.draw_new()
    if draws:
        record(
            actor=actor,
            verb="plan.draw",
            target=plan,
            after={
                "period": row.name,
                "seed": row.seed,
                "draws": [[draw.pk, draw.reviewer_id, draw.reviewee_id] for draw in draws],
            },
            now=now,
        )
    return Drawn(row, draws)


class _Run:
    """One run for one cycle: what stands already, who has room, and what is drawn now."""

    def __init__(self, actor: Person | None, plan: SamplingPlan, row: PlanCycle, today: date, now: datetime) -> None:
        self.actor, self.plan, self.row, self.today, self.now = actor, plan, row, today, now
        self.rules = row.says
        self.lot: Lot = partial(draw_lot, row.seed)
        self.load = self._load()
        self.due = today + timedelta(days=self.rules.days_to_review)

    def _load(self) -> Counter[int]:
        standing = draws_of_cycle(self.plan, self.row.name).exclude(state=ReviewDraw.State.REPLACED)
        return Counter(standing.values_list("reviewer_id", flat=True))

    def seats(self) -> list[Seat]:
        return population.seats_of(self.rules, self.today, self.due, self.load)

    def draw_new(self) -> list[ReviewDraw]:
        """For everybody of whom nothing was drawn in this cycle yet."""
        reviewees = population.reviewees_of(self.rules, self.today)
        # Held until the end: two plans about the same person do not draw at the same moment.
        people = list(Person.objects.select_for_update(no_key=True).filter(pk__in=reviewees.values("pk")).order_by("pk"))
        shares = {share.person_id: share for share in PlanShare.objects.filter(cycle=self.row)}
        done = set(draws_of_cycle(self.plan, self.row.name).values_list("reviewee_id", flat=True))
        new = [person.pk for person in people if person.pk not in done]
        found = population.candidates_of(self.rules, self.plan.kind, new, self.row.since, self.row.until, self.today)
        wanted = {person: self.rules.wanted(len(cases)) for person, cases in found.items()}
        seats = self.seats()
        given = allot(wanted, room_of(seats), self.lot)
        picks = {person: pick(self.rules, person, found[person], n, self.lot) for person, n in given.items() if n}
        chosen = {case: person for person, picked in picks.items() for taken in picked.chosen for case in taken}
        reviewer_of = assign(self._to_give(chosen), seats, self.load, self.lot, self.rules.outside_percent)
        draws: list[ReviewDraw] = []
        kept = []
        for person in new:
            share = shares.get(person) or PlanShare(cycle=self.row, person_id=person)
            share.cases, share.wanted, share.frame = len(found[person]), wanted[person], []
            if person in picks:
                share.frame, made = self._make(person, picks[person], reviewer_of)
                draws += made
            kept.append(share)
        known = [share for share in kept if share.pk]
        PlanShare.objects.bulk_create([share for share in kept if share.pk is None], batch_size=500)
        PlanShare.objects.bulk_update(known, ["cases", "wanted", "frame"], batch_size=200)
        return self._store(draws)

    def _make(self, person: int, picked: Picked, reviewer_of: Mapping[int, int]) -> tuple[list[dict[str, Any]], list[ReviewDraw]]:
        """The draws of one person, and the frame that is kept; an empty one where nobody could take any of them."""
        frame, draws = [], []
        for number, part in enumerate(picked.parts):
            taken = [case for case in picked.chosen[number] if case in reviewer_of]
            # What nobody could take comes next: a reviewer may be back tomorrow.
            waiting = [case for case in picked.chosen[number] if case not in reviewer_of]
            after = (waiting + picked.after[number])[: KEPT_FOR_REPLACING + len(waiting)]
            frame.append({"cases": len(part.cases), "wanted": part.wanted, "next": after})
            draws += [self._draw(case, person, reviewer_of[case], number, len(part.cases), len(taken)) for case in taken]
        return (frame if draws else []), draws

    def _draw(self, case: int, person: int, reviewer: int, stratum: int, cases: int, taken: int) -> ReviewDraw:
        by_lot = self.plan.kind == Kind.RANDOM
        return ReviewDraw(
            interaction_id=case,
            reviewer_id=reviewer,
            reviewee_id=person,
            method=ReviewDraw.Method.RANDOM if by_lot else ReviewDraw.Method.TARGETED,
            reason=_("Drawn at random for %(week)s") % {"week": self.row.name} if by_lot else self.plan.name,
            plan=self.plan,
            period=self.row.name,
            drawn_at=self.now,
            drawn_by=self.actor,
            due_on=self.due,
            stratum=stratum if by_lot else None,
            stratum_cases=cases if by_lot else None,
            inclusion=taken / cases if by_lot else None,
        )

    def fill_gaps(self, only: ReviewDraw | None = None) -> list[ReviewDraw]:
        """The next cases by lot where something was taken out, or where nobody had room; `only`: in the place of this draw."""
        shares = PlanShare.objects.filter(cycle=self.row, person__is_active=True).exclude(frame=[])
        if only is not None:
            shares = shares.filter(person=only.reviewee_id)
        standing = Counter(
            draws_of_cycle(self.plan, self.row.name)
            .exclude(state=ReviewDraw.State.REPLACED)
            .values_list("reviewee_id", "stratum")
        )
        gaps: list[tuple[PlanShare, int]] = []
        next_of: dict[tuple[int, int], list[int]] = {}
        for share in shares.order_by("person_id"):
            for number, part in enumerate(share.frame):
                stratum = number if self.plan.kind == Kind.RANDOM else None
                missing = part["wanted"] - standing[share.person_id, stratum]
                if only is not None:
                    missing = int(only.stratum == stratum)
                if missing > 0:
                    gaps += [(share, number)] * missing
                    next_of[share.pk, number] = part["next"]
        if not gaps:
            return []
        usable = self._still_usable([case for cases in next_of.values() for case in cases])
        chosen: dict[int, tuple[PlanShare, int]] = {}
        for share, number in gaps:
            left = [case for case in next_of[share.pk, number] if usable.get(case) == share.person_id and case not in chosen]
            if left:
                chosen[left[0]] = (share, number)
        to_give = self._to_give({case: share.person_id for case, (share, _number) in chosen.items()})
        reviewer_of = assign(to_give, self.seats(), self.load, self.lot, self.rules.outside_percent)
        draws = []
        for case, reviewer in sorted(reviewer_of.items()):
            share, number = chosen[case]
            part = share.frame[number]
            part["next"] = [other for other in part["next"] if other != case]
            taken = standing[share.person_id, number] + 1
            draws.append(self._draw(case, share.person_id, reviewer, number, part["cases"], min(taken, part["cases"])))
        PlanShare.objects.bulk_update({share.pk: share for share, _number in chosen.values()}.values(), ["frame"])
        stored = self._store(draws, spread_due=False)
        of_stratum = {(draw.reviewee_id, draw.stratum): draw for draw in stored}
        for draw in of_stratum.values():
            say_inclusion_anew(draw)
        return stored

    def _still_usable(self, cases: Collection[int]) -> dict[int, int]:
        """Of these cases those that fit still, with the person who handled them."""
        found = population.conversations(self.rules, self.plan.kind, self.row.since, self.row.until, self.today)
        return dict(found.filter(pk__in=cases).values_list("pk", "handler__person_id"))

    def _to_give(self, cases: Mapping[int, int]) -> list[ToGive]:
        """Cases (with their person) that need a reviewer: not one who has the conversation already, for whatever reason.

        Nor one who gave feedback on it as a peer: they know it, and nobody is given a conversation twice.
        """
        having: dict[int, set[int]] = defaultdict(set)
        for case, reviewer in ReviewDraw.every.filter(interaction__in=list(cases)).values_list("interaction_id", "reviewer_id"):
            having[case].add(reviewer)
        teams = population.home_teams(set(cases.values()), self.today)
        return [ToGive(case, person, teams.get(person), frozenset(having[case])) for case, person in sorted(cases.items())]

    def _store(self, draws: list[ReviewDraw], *, spread_due: bool = True) -> list[ReviewDraw]:
        """Store them. In a cycle longer than the days to review, each reviewer's are due one after the other, not all at once."""
        late = (self.row.last - self.today).days + 1 - self.rules.days_to_review
        if spread_due and late > 0:
            of_reviewer: dict[int, list[ReviewDraw]] = defaultdict(list)
            for draw in sorted(draws, key=lambda draw: self.lot("due", draw.interaction_id)):
                of_reviewer[draw.reviewer_id].append(draw)
            for own in of_reviewer.values():
                for rank, draw in enumerate(own):
                    draw.due_on = self.due + timedelta(days=round(late * rank / max(1, len(own) - 1)))
        ReviewDraw.objects.bulk_create(draws)
        self.load.update(draw.reviewer_id for draw in draws)
        return draws


def room_of(seats: Sequence[Seat]) -> int | None:
    """How many reviews there is time for; None where somebody has no limit."""
    rooms = [seat.room for seat in seats]
    return None if None in rooms else sum(room for room in rooms if room is not None)


def fill_place_of(*, actor: Person, draw: ReviewDraw, now: datetime) -> ReviewDraw | None:
    """The next case by lot in the place of a draw that was just taken out; None where there is no other, or nobody has room."""
    if draw.plan is None:
        return None
    row = PlanCycle.objects.filter(plan=draw.plan, name=draw.period).first()
    if row is None:
        return None
    made = _Run(actor, draw.plan, row, day_of(row.says, now), now).fill_gaps(only=draw)
    return made[0] if made else None
