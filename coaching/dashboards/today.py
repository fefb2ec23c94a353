"""Today: what this person does next, composed from the rooms their roles open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from coaching.dashboards import access, queries
from coaching.dashboards.board import Row, group_name, read_board
from coaching.interactions.models import SurveyResponse
from coaching.metrics.display import Tile, tile
from coaching.metrics.queries import (
    Freshness,
    current_definitions,
    figures_for_company,
    figures_for_people,
    freshness,
    last_weeks,
    weekly_figures,
)
from people.models import Person, Role

WEEKS = 8
WEEKS_DRAWN = 26
MOST_NEEDING = 5


@dataclass(frozen=True)
class RepToday:
    """A rep's own figures and the last words of a customer."""

    tiles: list[Tile]
    customer_words: SurveyResponse | None


@dataclass(frozen=True)
class LeadToday:
    """Who needs the lead, shortly, with what to do."""

    rows: list[Row]
    more: int
    people: int


@dataclass(frozen=True)
class Today:
    person: Person
    on: date
    rep: RepToday | None = None
    lead: LeadToday | None = None
    head: list[Tile] | None = None
    is_reviewer: bool = False
    is_editor: bool = False
    is_admin: bool = False
    freshness: Freshness | None = None


def read_today(person: Person, on: date, now: datetime) -> Today:
    """What stands on this person's first page."""
    figures_shown = person.has_role(Role.REP, Role.LEAD, Role.HEAD)
    return Today(
        person,
        on,
        rep=_rep(person, on) if person.has_role(Role.REP) else None,
        lead=_lead(person, on, now) if person.has_role(Role.LEAD) else None,
        head=_head(on) if person.has_role(Role.HEAD) else None,
        is_reviewer=person.has_role(Role.REVIEWER),
        is_editor=person.has_role(Role.EDITOR),
        is_admin=person.has_role(Role.ADMIN),
        freshness=freshness() if figures_shown else None,
    )


def _rep(person: Person, on: date) -> RepToday:
    definitions = current_definitions()
    figures = figures_for_people([person.pk], last_weeks(WEEKS, on), definitions)[person.pk]
    series = weekly_figures(definitions, WEEKS_DRAWN, on, people=[person.pk])
    tiles = [tile(figures[d.key], series[d.key]) for d in definitions if any(week.figure.n for week in series[d.key])]
    return RepToday(tiles, queries.last_customer_words(person))


def _lead(person: Person, on: date, now: datetime) -> LeadToday:
    people = list(access.people_with_figures_for(person, on).exclude(pk=person.pk))
    needing = read_board(people, last_weeks(WEEKS, on), group_name(None), now).needing
    return LeadToday(needing[:MOST_NEEDING], max(0, len(needing) - MOST_NEEDING), len(people))


def _head(on: date) -> list[Tile]:
    definitions = current_definitions()
    figures = figures_for_company(last_weeks(WEEKS, on), definitions)
    series = weekly_figures(definitions, WEEKS_DRAWN, on)
    return [tile(figures[d.key], series[d.key]) for d in definitions if figures[d.key].n]
