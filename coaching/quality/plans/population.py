"""Whom a plan is about, who reviews for it, and which conversations it draws from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from coaching.interactions.models import Interaction, Message, SurveyResponse
from coaching.quality.access import REVIEWING_ROLES
from coaching.quality.models import ReviewDraw
from coaching.quality.plans.rules import Kind, Rules
from coaching.quality.plans.sharing import Seat
from coaching.quality.risk import CaseFacts, risk_of, usual_seconds
from coaching.quality.services.draws import reviewable_interactions
from people.models import Membership, Person, Role, Team

TOPIC_MEMORY = timedelta(days=90)  # a topic that a person has not had in so long is new to them


def reviewees_of(rules: Rules, on: date) -> QuerySet[Person]:
    """Whose conversations are drawn: accounts in use; by team, by name, or everybody who is a rep."""
    people = Person.objects.active()
    reps = Person.objects.with_role(Role.REP)
    if rules.teams or rules.people:
        teams = Team.objects.at_or_below(Team.objects.filter(pk__in=rules.teams))
        in_teams = Q(pk__in=Person.objects.in_teams(teams, on).values("pk")) & Q(pk__in=reps.values("pk"))
        people = people.filter(Q(pk__in=rules.people) | in_teams)
    else:
        people = people.filter(pk__in=reps.values("pk"))
    if rules.joined_within_weeks is not None:
        people = people.filter(joined_on__gt=on - timedelta(weeks=rules.joined_within_weeks))
    return people.exclude(pk__in=rules.excluded).order_by("pk")


def reviewers_to_name() -> QuerySet[Person]:
    """Whom a plan may name: accounts in use with a role that reviews."""
    return Person.objects.active().filter(role_grants__role__in=REVIEWING_ROLES).distinct()


def reviewers_of(rules: Rules) -> QuerySet[Person]:
    """Who reviews for a plan, away or not."""
    if rules.reviewers:
        return reviewers_to_name().filter(pk__in=rules.reviewers).order_by("pk")
    return Person.objects.active().with_role(Role.REVIEWER).order_by("pk")


def seats_of(rules: Rules, on: date, due: date, load: Mapping[int, int]) -> list[Seat]:
    """The reviewers who are here on the day of the draw and on the day it is due, with the room they have left."""
    here = reviewers_of(rules)
    here = here.filter(pk__in=Person.objects.present_on(on).present_on(due).values("pk"))
    teams: dict[int, set[int]] = defaultdict(set)
    for person, team in Membership.objects.on(on).filter(person__in=here).values_list("person_id", "team_id"):
        teams[person].add(team)
    seats = []
    for person in here.values_list("pk", flat=True):
        capacity = rules.capacity_of(person)
        room = None if capacity is None else max(0, capacity - load.get(person, 0))
        seats.append(Seat(person, room, frozenset(teams[person])))
    return seats


def home_teams(people: Collection[int], on: date) -> dict[int, int]:
    memberships = Membership.objects.on(on).filter(person__in=people, kind=Membership.Kind.MEMBER)
    return dict(memberships.values_list("person_id", "team_id"))


@dataclass(frozen=True)
class Candidate:
    """A conversation that may be drawn, and the day it counts for."""

    case: int
    day: date
    risk: float


def conversations(
    rules: Rules, kind: str, since: date, until: date, on: date, *, undrawn: QuerySet[ReviewDraw] | None = None
) -> QuerySet[Interaction]:
    """What fits the plan. Of a random one also what was picked for coaching: leaving that out would make the rest look better.

    Nothing is drawn by lot twice; a draw for a reason takes nothing that anybody reviews already. `undrawn` are draws that do
    not count as such, for looking at what would have been there without them.
    """
    drawn = ReviewDraw.objects.filter(interaction=OuterRef("pk"))
    if undrawn is not None:
        drawn = drawn.exclude(pk__in=undrawn.values("pk"))
    if kind == Kind.RANDOM:
        drawn = drawn.filter(method=ReviewDraw.Method.RANDOM)
    found = reviewable_interactions(since, until).filter(~Exists(drawn))
    if rules.channels:
        found = found.filter(channel__in=rules.channels)
    if rules.topics:
        found = found.filter(topic__in=rules.topics)
    if rules.opened_within_days is not None:
        found = found.filter(opened_on__gte=on - timedelta(days=rules.opened_within_days))
    if rules.only_complaints:
        found = found.filter(is_complaint=True)
    if rules.only_reopened:
        found = found.filter(reopens__gt=0)
    if rules.only_low_rating:
        found = found.filter(_rated_low())
    if rules.handle_minutes_above is not None:
        found = found.filter(handle_seconds__gt=60 * rules.handle_minutes_above)
    if rules.min_replies:
        replies = Message.objects.filter(interaction=OuterRef("pk"), author_kind=Message.AuthorKind.AGENT, is_private=False)
        counted = replies.order_by().values("interaction").annotate(n=Count("pk")).values("n")
        found = found.annotate(public_replies=Coalesce("replies", Subquery(counted, output_field=IntegerField())))
        found = found.filter(public_replies__gte=rules.min_replies)
    return found


def _rated_low() -> Exists:
    return Exists(SurveyResponse.objects.filter(interaction=OuterRef("pk"), polarity=-1))


def candidates_of(
    rules: Rules, kind: str, people: Collection[int], since: date, until: date, on: date
) -> dict[int, list[Candidate]]:
    """The conversations of each of these people that fit; with their risk where the plan is divided by it."""
    found = conversations(rules, kind, since, until, on).filter(handler__person__in=people).order_by("pk")
    plain: dict[int, list[Candidate]] = {person: [] for person in people}
    if not rules.by_risk:
        for person, case, resolved, opened in found.values_list("handler__person_id", "pk", "resolved_on", "opened_on"):
            plain[person].append(Candidate(case, resolved or opened, 0.0))
        return plain
    rows = list(
        found.annotate(low=_rated_low()).values_list(
            "handler__person_id", "pk", "resolved_on", "opened_on", "low", "is_complaint", "reopens", "handle_seconds", "topic"
        )
    )
    times: dict[int, list[int | None]] = defaultdict(list)
    for row in rows:
        times[row[0]].append(row[7])
    usual = {person: usual_seconds(seconds) for person, seconds in times.items()}
    known = _topics_before(people, since)
    for person, case, resolved, opened, low, complaint, reopens, seconds, topic in rows:
        facts = CaseFacts(
            low_rating=low,
            complaint=bool(complaint),
            reopens=reopens,
            handle_seconds=seconds,
            new_topic=bool(topic and known[person] and topic not in known[person]),
        )
        plain[person].append(Candidate(case, resolved or opened, risk_of(facts, usual[person]).score))
    return plain


def _topics_before(people: Collection[int], day: date) -> dict[int, set[str]]:
    """What each person had in the three months before; nothing is new to somebody of whom nothing is known."""
    earlier = Interaction.objects.filter(
        handler__person__in=people, opened_on__range=(day - TOPIC_MEMORY, day - timedelta(days=1))
    )
    topics: dict[int, set[str]] = defaultdict(set)
    for person, topic in earlier.exclude(topic="").order_by().values_list("handler__person_id", "topic").distinct():
        topics[person].add(topic)
    return topics
