"""What the pages of sampling plans show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from coaching.interactions.models import Interaction
from coaching.quality.models import PlanCycle, PlanShare, ReviewDraw, SamplingPlan
from coaching.quality.plans import population
from coaching.quality.plans.drawing import cycles_at, day_of, draws_of_cycle, room_of
from coaching.quality.plans.rules import Kind, Rules
from coaching.quality.plans.sharing import allot
from people.models import Membership, Person, Role
from people.queries import team_labels

DONE = Q(state=ReviewDraw.State.DONE)
OPEN = Q(state__in=ReviewDraw.OPEN_STATES)
STANDING = ~Q(state=ReviewDraw.State.REPLACED)
MOST_TOPICS = 200


@dataclass(frozen=True)
class PlanRow:
    """A plan with how its newest cycle stands; `cycle` None where none was drawn."""

    plan: SamplingPlan
    cycle: PlanCycle | None
    drawn: int
    done: int


def plan_rows(plans: list[SamplingPlan]) -> list[PlanRow]:
    newest: dict[int, PlanCycle] = {}
    for cycle in PlanCycle.objects.filter(plan__in=plans).order_by("first"):
        newest[cycle.plan_id] = cycle
    rows = []
    for plan in plans:
        latest = newest.get(plan.pk)
        counts = _counts(plan, latest.name) if latest else {"drawn": 0, "done": 0, "open": 0}
        rows.append(PlanRow(plan, latest, counts["drawn"], counts["done"]))
    return rows


def _counts(plan: SamplingPlan, period: str) -> dict[str, int]:
    counted: dict[str, int] = draws_of_cycle(plan, period).aggregate(
        drawn=Count("pk", filter=STANDING), done=Count("pk", filter=DONE), open=Count("pk", filter=OPEN)
    )
    return counted


@dataclass(frozen=True)
class CycleFigures:
    """`short`: planned and not drawn. `outside`: of the drawn ones, by reviewers of no or another team than the rep's."""

    planned: int
    drawn: int
    done: int
    open: int
    people: int
    without: int  # people of whom nothing could be drawn
    unfitting: int  # of these, those with no conversation that fits
    outside: int

    @property
    def short(self) -> int:
        return max(0, self.planned - self.drawn)

    @property
    def outside_percent(self) -> int:
        return round(100 * self.outside / self.drawn) if self.drawn else 0


def cycle_figures(cycle: PlanCycle) -> CycleFigures:
    counts = _counts(cycle.plan, cycle.name)
    drawn_of = set(draws_of_cycle(cycle.plan, cycle.name).filter(STANDING).values_list("reviewee_id", flat=True))
    shares = list(PlanShare.objects.filter(cycle=cycle).values_list("person_id", "wanted", "cases"))
    # Of people drawn before there were plans nothing was planned.
    planned = sum(wanted for _person, wanted, _cases in shares) + _drawn_without_share(cycle, {share[0] for share in shares})
    nothing = [(person, cases) for person, _wanted, cases in shares if person not in drawn_of]
    return CycleFigures(
        planned=planned,
        people=len({share[0] for share in shares} | drawn_of),
        without=len(nothing),
        unfitting=sum(cases == 0 for _person, cases in nothing),
        outside=_outside(cycle),
        **counts,
    )


def _drawn_without_share(cycle: PlanCycle, people: set[int]) -> int:
    return draws_of_cycle(cycle.plan, cycle.name).filter(STANDING).exclude(reviewee__in=people).count()


def _outside(cycle: PlanCycle) -> int:
    pairs = list(draws_of_cycle(cycle.plan, cycle.name).filter(STANDING).values_list("reviewee_id", "reviewer_id"))
    home = population.home_teams({person for person, _reviewer in pairs}, cycle.first)
    teams: set[tuple[int, int]] = set(
        Membership.objects.on(cycle.first).filter(person__in={r for _p, r in pairs}).values_list("person_id", "team_id")
    )
    return sum((reviewer, home.get(person, 0)) not in teams for person, reviewer in pairs)


@dataclass(frozen=True)
class PersonRow:
    person: Person
    cases: int | None  # None: drawn before there were plans
    planned: int | None
    drawn: int
    done: int
    open: int

    @property
    def short(self) -> int:
        return max(0, (self.planned or 0) - self.drawn)


def person_rows(cycle: PlanCycle) -> list[PersonRow]:
    """Everybody the cycle is about, by name: it is no ranking."""
    counted = {
        row["reviewee_id"]: row
        for row in draws_of_cycle(cycle.plan, cycle.name)
        .order_by()
        .values("reviewee_id")
        .annotate(drawn=Count("pk", filter=STANDING), done=Count("pk", filter=DONE), open=Count("pk", filter=OPEN))
    }
    shares = {share.person_id: share for share in PlanShare.objects.filter(cycle=cycle)}
    none = {"drawn": 0, "done": 0, "open": 0}
    rows = []
    for person in Person.objects.filter(pk__in={*counted, *shares}).order_by("display_name", "pk"):
        share, row = shares.get(person.pk), counted.get(person.pk, none)
        rows.append(
            PersonRow(
                person,
                share.cases if share else None,
                share.wanted if share else None,
                row["drawn"],
                row["done"],
                row["open"],
            )
        )
    return rows


@dataclass(frozen=True)
class ReviewerRow:
    person: Person
    drawn: int
    done: int
    open: int
    capacity: int | None
    away: bool


def reviewer_rows(cycle: PlanCycle, today: date) -> list[ReviewerRow]:
    rules = cycle.says
    counted = {
        row["reviewer_id"]: row
        for row in draws_of_cycle(cycle.plan, cycle.name)
        .order_by()
        .values("reviewer_id")
        .annotate(drawn=Count("pk", filter=STANDING), done=Count("pk", filter=DONE), open=Count("pk", filter=OPEN))
    }
    people = Person.objects.filter(Q(pk__in=list(counted)) | Q(pk__in=population.reviewers_of(rules).values("pk")))
    absent = set(people.absent_on(today).values_list("pk", flat=True))
    none = {"drawn": 0, "done": 0, "open": 0}
    rows = []
    for person in people.order_by("display_name", "pk"):
        row = counted.get(person.pk, none)
        rows.append(
            ReviewerRow(person, row["drawn"], row["done"], row["open"], rules.capacity_of(person.pk), person.pk in absent)
        )
    return rows


@dataclass(frozen=True)
class Preview:
    """What a plan would draw now, were nothing drawn in this cycle yet. Days are those of the conversations."""

    since: date
    until: date
    eligible: int
    people: int
    without: int
    reviewers: int
    away: int
    wanted: int
    drawn: int

    @property
    def short(self) -> int:
        return self.wanted - self.drawn


def preview_of(kind: str, rules: Rules, now: datetime, plan: SamplingPlan | None = None) -> Preview:
    """Counts only: which conversations is for the lots of the day. What `plan` has drawn in this cycle counts as not drawn."""
    today = day_of(rules, now)
    cycle, source = cycles_at(rules, today)
    undrawn = draws_of_cycle(plan, cycle.name) if plan else None
    people = list(population.reviewees_of(rules, today).values_list("pk", flat=True))
    found = dict.fromkeys(people, 0)
    fitting = population.conversations(rules, kind, source.first, source.last, today, undrawn=undrawn)
    fitting = fitting.filter(handler__person__in=people)
    found |= dict(fitting.order_by().values_list("handler__person_id").annotate(n=Count("pk")))
    wanted = {person: rules.wanted(n) for person, n in found.items()}
    seats = population.seats_of(rules, today, today + timedelta(days=rules.days_to_review), {})
    given = allot(wanted, room_of(seats), lambda *parts: parts)
    return Preview(
        since=source.first,
        until=source.last,
        eligible=sum(found.values()),
        people=len(people),
        without=sum(n == 0 for n in found.values()),
        reviewers=len(seats),
        away=population.reviewers_of(rules).count() - len(seats),
        wanted=sum(wanted.values()),
        drawn=sum(given.values()),
    )


def known_topics() -> list[str]:
    """Topics that cases have, by name."""
    return list(Interaction.objects.exclude(topic="").order_by("topic").values_list("topic", flat=True).distinct()[:MOST_TOPICS])


def people_to_plan() -> QuerySet[Person]:
    """Whom a plan may name as reviewed: reps with an account in use."""
    return Person.objects.active().with_role(Role.REP)


def names_in(rules: Rules) -> dict[str, list[str]]:
    """The teams and people that the rules name, in words."""
    labels = team_labels()
    people = {
        person.pk: str(person) for person in Person.objects.filter(pk__in=[*rules.people, *rules.excluded, *rules.reviewers])
    }
    named = {"people": rules.people, "excluded": rules.excluded, "reviewers": rules.reviewers}
    return {
        "teams": [labels[team] for team in rules.teams if team in labels],
        **{what: [people[person] for person in who if person in people] for what, who in named.items()},
    }


@dataclass(frozen=True)
class Overlap:
    """Another plan by lot that is on and draws from the same conversations of so many people."""

    plan: SamplingPlan
    people: int


def overlaps_of(kind: str, rules: Rules, today: date, plan: SamplingPlan | None = None) -> list[Overlap]:
    """Which other plans by lot these rules meet, by name; plans for a reason enter no score and meet nobody. A read per plan.

    Plans that are on draw from every day sooner or later, whatever their rhythm: only people, channels and topics keep them apart.
    """
    if kind != Kind.RANDOM:
        return []
    others = SamplingPlan.objects.filter(state=SamplingPlan.State.ON, kind=Kind.RANDOM).order_by("name")
    own = population.reviewees_of(rules, today).order_by().values("pk")
    found = []
    for other in others.exclude(pk=plan.pk) if plan else others:
        says = other.says
        if _apart(rules.channels, says.channels) or _apart(rules.topics, says.topics):
            continue
        if people := population.reviewees_of(says, today).filter(pk__in=own).count():
            found.append(Overlap(other, people))
    return found


def _apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two choices have nothing in common; empty is everything."""
    return bool(one and other) and not set(one) & set(other)
