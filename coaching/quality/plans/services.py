"""The verbs of sampling plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, DateField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from coaching.quality.days import local_day
from coaching.quality.models import Review, ReviewDraw, SamplingPlan
from coaching.quality.plans import population
from coaching.quality.plans.drawing import Drawn as Drawn
from coaching.quality.plans.drawing import draw_plan, draws_of_cycle, fill_place_of, locked_plan
from coaching.quality.plans.rules import Rules, problems_of
from coaching.quality.plans.sharing import Seat, ToGive, assign
from coaching.quality.services import reassign_draw, take_out
from coaching.quality.services.draws import DAYS_TO_REVIEW, locked_with_stratum
from coaching.quality.services.draws import lot as draw_lot
from coaching.quality.services.errors import QualityError
from people.audit import record
from people.models import Absence, Person

DEFAULT_NAME = "Two a week from everybody"


@transaction.atomic
def save_plan(
    *, actor: Person | None, plan: SamplingPlan | None = None, name: str, kind: str, rules: Rules, now: datetime
) -> SamplingPlan:
    """Write a new plan, which is a draft until it is switched on, or change one; a cycle that was begun keeps its rules.

    Raises QualityError where the name is taken or missing, or the rules cannot be drawn by.
    """
    name = name.strip()
    if not name:
        raise QualityError(_("Give the plan a name."))
    for problem in problems_of(kind, rules).values():
        raise QualityError(str(problem))
    before = None
    if plan is None:
        plan = SamplingPlan(created_at=now)
    else:
        plan = locked_plan(plan)
        if plan.kind != kind and plan.draws.exists():
            raise QualityError(
                _("Something was drawn by this plan already, so whether its reviews count cannot change. Make another plan.")
            )
        before = _noted(plan.name, plan.kind, plan.says)
    plan.name, plan.kind, plan.rules, plan.changed_at = name[:120], kind, rules.stored(), now
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        raise QualityError(_("There is already a plan %(name)s.") % {"name": name}) from error
    after = _noted(plan.name, kind, rules)
    usual = _noted("", "", Rules()) if before is None else before
    changed = {name for name, value in after.items() if value != usual[name]}
    record(
        actor=actor,
        verb="plan.create" if before is None else "plan.edit",
        target=plan,
        before={name: value for name, value in (before or {}).items() if name in changed},
        after={name: value for name, value in after.items() if name in changed},
        now=now,
    )
    return plan


def _noted(name: str, kind: str, rules: Rules) -> dict[str, object]:
    """A plan as the audit log keeps it: its fields, lists for what a person has."""
    capacities = [[int(person), capacity] for person, capacity in rules.capacities.items()]
    return {"name": name, "kind": str(kind), **rules.stored(), "capacities": capacities}


@transaction.atomic
def switch_on_plan(*, actor: Person | None, plan: SamplingPlan, now: datetime) -> SamplingPlan:
    """From now on its cycles are drawn. On twice changes nothing; raises QualityError where it cannot be drawn by."""
    plan = locked_plan(plan)
    for problem in problems_of(plan.kind, plan.says).values():
        raise QualityError(str(problem))
    if not plan.is_on:
        _switch(actor, plan, SamplingPlan.State.ON, "plan.switch_on", now)
    return plan


@transaction.atomic
def switch_off_plan(*, actor: Person | None, plan: SamplingPlan, now: datetime) -> SamplingPlan:
    """Nothing more is drawn by it; what was drawn stays in the queues. Off twice changes nothing."""
    plan = locked_plan(plan)
    if plan.is_on:
        _switch(actor, plan, SamplingPlan.State.OFF, "plan.switch_off", now)
    return plan


def _switch(actor: Person | None, plan: SamplingPlan, state: str, verb: str, now: datetime) -> None:
    before, plan.state = plan.state, state
    plan.save(update_fields=["state"])
    record(actor=actor, verb=verb, target=plan, before={"state": str(before)}, after={"state": str(state)}, now=now)


def ensure_default_plan(*, now: datetime) -> SamplingPlan | None:
    """The plan every organisation begins with, where it has none at all: two a week from everybody, by lot."""
    if SamplingPlan.objects.exists():
        return None
    return SamplingPlan.objects.create(
        name=DEFAULT_NAME,
        state=SamplingPlan.State.ON,
        is_default=True,
        rules=Rules().stored(),
        created_at=now,
        changed_at=now,
    )


@dataclass(frozen=True)
class Ran:
    """What running all plans did: the draws, and what went wrong with which plan."""

    draws: list[ReviewDraw]
    problems: list[str]

    @property
    def people(self) -> int:
        return len({draw.reviewee_id for draw in self.draws})


def run_plans(*, now: datetime, seed: str = "") -> Ran:
    """Draw what is due of every plan that is on: by lot first, so that draws for a reason take none of theirs. Each for itself."""
    ensure_default_plan(now=now)
    draws: list[ReviewDraw] = []
    problems = []
    for plan in SamplingPlan.objects.filter(state=SamplingPlan.State.ON).order_by("kind", "pk"):
        try:
            draws += draw_plan(actor=None, plan=plan, seed=seed, now=now).draws
        except QualityError as error:
            problems.append(_("%(plan)s: %(problem)s") % {"plan": plan, "problem": error})
    return Ran(draws, problems)


@transaction.atomic
def replace_draw(*, actor: Person, draw: ReviewDraw, reason: str, now: datetime) -> ReviewDraw:
    """Take a waiting conversation out, with a reason, and draw another of the same person, stratum and cycle in its place.

    The other one is the next by the lots of the same draw. A lot orders all cases of a stratum at random, so leaving out those that
    cannot be reviewed and going on in that order gives a random choice of those that can be: each of these was as likely as
    the one replaced, and the stratum stands for as many cases as before. Choosing the other one by hand would not do that.

    Raises QualityError without a reason, once the review was begun, where no plan drew it, or where there is no other one;
    it stays where it is then.
    """
    if draw.plan is None:
        raise QualityError(
            _("No plan drew this conversation, so there is nothing to draw another one from. Take it out instead.")
        )
    # In the order in which a run of the plan holds them: the plan, then its draws.
    locked_plan(draw.plan)
    locked = locked_with_stratum(draw)
    take_out(actor=actor, draw=locked, reason=reason, now=now)
    other = fill_place_of(actor=actor, draw=locked, now=now)
    if other is None:
        raise QualityError(
            _(
                "There is no other conversation of %(person)s left to draw in this cycle, or nobody who could review it. Take it out instead."
            )
            % {"person": locked.reviewee}
        )
    record(
        actor=actor,
        verb="review.replace_draw",
        target=other,
        subject=locked.reviewee,
        before={"draw": locked.pk},
        after={"draw": other.pk, "reviewer": other.reviewer_id},
        now=now,
    )
    return other


def draws_of_absent(draws: QuerySet[ReviewDraw], today: date) -> QuerySet[ReviewDraw]:
    """Of these open draws those whose reviewer is away on the day they are due, or, where that is over, today."""
    due = draws.annotate(must_be_done=Greatest("due_on", Value(today, output_field=DateField())))
    away = Absence.objects.filter(
        person=OuterRef("reviewer"), starts_on__lte=OuterRef("must_be_done"), until__gte=OuterRef("must_be_done")
    )
    return due.filter(Exists(away))


@dataclass(frozen=True)
class Rebalanced:
    moved: list[ReviewDraw]
    left: list[ReviewDraw]  # nobody else has room, or may review them


@transaction.atomic
def rebalance_plans(*, actor: Person, draws: Iterable[ReviewDraw], now: datetime) -> Rebalanced:
    """Give open draws of reviewers who are away to others: evenly, within what each has room for in that plan's cycle.

    How each was drawn, and how likely, stays (`reassign_draw`). Draws whose reviewer is here, or that are done by now, are passed over.
    """
    today = local_day(now)
    wanted = sorted({draw.pk for draw in draws})
    # In the order in which publishing holds them, the drafts before their draws, and by key, so that two who press the button wait.
    list(Review.objects.select_for_update(of=("self",)).filter(draw__in=wanted, state=Review.State.DRAFT).order_by("pk"))
    locked = ReviewDraw.objects.select_for_update(of=("self",)).select_related("plan", "reviewee", "reviewer").order_by("pk")
    open_draws = locked.filter(pk__in=wanted, state__in=ReviewDraw.OPEN_STATES, reviewee__is_active=True)
    away = list(draws_of_absent(open_draws, today))
    moved: list[ReviewDraw] = []
    for plan, period in sorted({(draw.plan_id or 0, draw.period) for draw in away}):
        group = [draw for draw in away if (draw.plan_id or 0, draw.period) == (plan, period)]
        moved += _move(actor, group, today, now)
    moved_cases = {(draw.interaction_id, draw.reviewee_id) for draw in moved}
    left = [draw for draw in away if (draw.interaction_id, draw.reviewee_id) not in moved_cases]
    if away:
        record(
            actor=actor,
            verb="plan.rebalance",
            after={"draws": [[draw.pk, draw.reviewer_id, draw.reviewee_id] for draw in moved], "left": len(left)},
            now=now,
        )
    return Rebalanced(moved, left)


def _move(actor: Person, group: list[ReviewDraw], today: date, now: datetime) -> list[ReviewDraw]:
    """Draws of one plan and cycle, or of none."""
    plan, period = group[0].plan, group[0].period
    rules = plan.says if plan else Rules()
    due = today + timedelta(days=DAYS_TO_REVIEW)
    open_load = _open_load()
    used = open_load
    if plan is not None:
        standing = draws_of_cycle(plan, period).exclude(state=ReviewDraw.State.REPLACED).order_by()
        used = dict(standing.values_list("reviewer_id").annotate(n=Count("pk")))
    away = {draw.reviewer_id for draw in group}
    seats: list[Seat] = [seat for seat in population.seats_of(rules, today, due, used) if seat.reviewer not in away]
    having: dict[int, set[int]] = {}
    standing_of_cases = ReviewDraw.every.filter(interaction__in=[draw.interaction_id for draw in group])
    for case, reviewer in standing_of_cases.values_list("interaction_id", "reviewer_id"):
        having.setdefault(case, set()).add(reviewer)
    teams = population.home_teams({draw.reviewee_id for draw in group}, today)
    to_give = [
        ToGive(draw.pk, draw.reviewee_id, teams.get(draw.reviewee_id), frozenset(having[draw.interaction_id])) for draw in group
    ]

    def lot(*parts: object) -> bytes:
        return draw_lot(period, *parts)

    reviewer_of = assign(to_give, seats, open_load, lot, rules.outside_percent)
    people = Person.objects.in_bulk(set(reviewer_of.values()))
    return [
        reassign_draw(actor=actor, draw=draw, reviewer=people[reviewer_of[draw.pk]], now=now)
        for draw in group
        if draw.pk in reviewer_of
    ]


def _open_load() -> dict[int, int]:
    """How many open draws each reviewer has, whatever plan they are of."""
    open_draws = ReviewDraw.objects.filter(state__in=ReviewDraw.OPEN_STATES).order_by()
    return dict(open_draws.values_list("reviewer_id").annotate(n=Count("pk")))
