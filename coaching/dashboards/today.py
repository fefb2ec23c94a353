"""Today: what this person does next, composed from the rooms their roles open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cms.models import Credo
from coaching.dashboards import access, queries
from coaching.dashboards.access import can_see_board
from coaching.dashboards.board import Row, group_of, read_board
from coaching.dashboards.news import News, read_news
from coaching.dashboards.queries import Draft
from coaching.interactions.models import SurveyResponse
from coaching.metrics.display import Tile, tile
from coaching.metrics.matching.queries import count_waiting
from coaching.metrics.queries import (
    SPAN_OF_A_PERSON,
    Freshness,
    board_definitions,
    figures_for_company,
    figures_for_people,
    freshness,
    last_weeks,
    weekly_figures,
)
from coaching.quality.assessments.access import asked_of
from coaching.quality.models import Review, ReviewDraw
from coaching.signals.normals import Verdict, verdicts_of_person
from coaching.signals.queries import open_team_signals, signals_of_person
from coaching.signals.words import Told
from learning.assignments.queries import Progress
from learning.practice.queries import offer_for
from operations.queries import late_work
from people.models import Person, Role

WEEKS = 8
WEEKS_DRAWN = 26
MOST_NEEDING = 5
MOST_DRAWS = 5
MOST_DRAFTS = 8
MOST_SIGNALS = 2


@dataclass(frozen=True)
class RepToday:
    """What to do, how I am doing, the last feedback."""

    assignments: list[Progress]
    reviews: list[Review]  # to read and acknowledge
    last_review: Review | None
    tiles: list[Tile]
    customer_words: SurveyResponse | None
    signals: list[Told]  # open ones about this person
    verdicts: list[Verdict]  # as usual, or worth a look, of each watched metric
    assessments: list[ReviewDraw]  # conversations to look at: their own, or a colleague's
    practice: int  # questions of daily practice that wait

    @property
    def nothing_to_do(self) -> bool:
        return not self.assignments and not self.reviews and not self.assessments and not self.practice


@dataclass(frozen=True)
class LeadToday:
    """Who needs the lead, shortly, with what to do."""

    rows: list[Row]
    more: int
    people: int
    team_signals: list[Told]  # told once for the team, not per person


@dataclass(frozen=True)
class ReviewerToday:
    draws: list[ReviewDraw]
    waiting: int


@dataclass(frozen=True)
class AdminToday:
    """What an administrator looks after."""

    unmatched: int
    waiting_days: int
    late: int  # pieces of scheduled work that are overdue


@dataclass(frozen=True)
class Today:
    person: Person
    on: date
    rep: RepToday | None = None
    lead: LeadToday | None = None
    head: list[Tile] | None = None
    reviewer: ReviewerToday | None = None
    editor: list[Draft] | None = None
    admin: AdminToday | None = None
    news: News | None = None
    credo: Credo | None = None
    freshness: Freshness | None = None


def read_today(person: Person, on: date, now: datetime) -> Today:
    """What stands on this person's first page."""
    figures_shown = person.has_role(Role.REP, Role.LEAD, Role.HEAD)
    return Today(
        person,
        on,
        rep=_rep(person, on, now) if person.has_role(Role.REP) else None,
        lead=_lead(person, on, now) if person.has_role(Role.LEAD) else None,
        head=_head(on, now) if person.has_role(Role.HEAD) else None,
        reviewer=ReviewerToday(*queries.review_queue(person, now, MOST_DRAWS)) if person.has_role(Role.REVIEWER) else None,
        editor=queries.drafts(person, MOST_DRAFTS) if person.has_role(Role.EDITOR) else None,
        admin=AdminToday(count_waiting(), freshness().waiting, len(late_work(now))) if person.has_role(Role.ADMIN) else None,
        # A lead reads the signals beside their people.
        news=read_news(person, on, now, with_signals=person.has_role(Role.HEAD)) if can_see_board(person) else None,
        credo=queries.credo_of_the_week(on),
        freshness=freshness() if figures_shown else None,
    )


def _rep(person: Person, on: date, now: datetime) -> RepToday:
    definitions = board_definitions()
    figures = figures_for_people([person.pk], last_weeks(WEEKS, on), definitions, now)[person.pk]
    series = weekly_figures(definitions, WEEKS_DRAWN, on, people=[person.pk], span=SPAN_OF_A_PERSON, as_of=now)
    tiles = [tile(figures[d.key], series[d.key]) for d in definitions if any(week.figure.n for week in series[d.key])]
    return RepToday(
        queries.open_assignments_for(person, now),
        queries.reviews_to_acknowledge(person),
        queries.last_review(person),
        tiles,
        queries.last_customer_words(person),
        [told for told in signals_of_person(person, person, on) if told.signal.is_open][:MOST_SIGNALS],
        verdicts_of_person(person, person, on),
        list(asked_of(person)[:MOST_DRAWS]),
        offer_for(person, now).left,
    )


def _lead(person: Person, on: date, now: datetime) -> LeadToday:
    people = list(access.people_with_figures_for(person, on).exclude(pk=person.pk))
    group = group_of(person, list(access.teams_visible_to(person, on)), None)
    needing = read_board(people, last_weeks(WEEKS, on), group.inside, now).needing
    return LeadToday(needing[:MOST_NEEDING], max(0, len(needing) - MOST_NEEDING), len(people), open_team_signals(person, on))


def _head(on: date, now: datetime) -> list[Tile]:
    definitions = board_definitions()
    figures = figures_for_company(last_weeks(WEEKS, on), definitions, now)
    series = weekly_figures(definitions, WEEKS_DRAWN, on, as_of=now)
    return [tile(figures[d.key], series[d.key]) for d in definitions if figures[d.key].n]
