"""The head's overview: each figure of the company with its weeks and its teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from coaching.dashboards.queries import StandardFigure, UnknownHandlers, standards_kept, unknown_handlers
from coaching.metrics.display import Chart, Family, Tile, by_family, tile, weekly_chart
from coaching.metrics.figures import Figure
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Window, current_definitions, figures_for_company, figures_for_teams, weekly_figures
from people.models import Team

WEEKS_DRAWN = 26


@dataclass(frozen=True)
class TeamRow:
    team: Team
    depth: int
    figures: list[Figure]


@dataclass(frozen=True)
class Overview:
    window: Window
    families: list[Family]  # tiles of every figure in use, by heading
    charts: list[tuple[Tile, Chart]]  # directed metrics only: promises have a direction
    definitions: list[MetricDefinition]
    teams: list[TeamRow]
    scale: dict[str, float]
    unknown: UnknownHandlers
    standards: list[StandardFigure]


def read_overview(teams: Sequence[Team], window: Window, on: date, now: datetime) -> Overview:
    """Everything the head sees first; reads rollups and the cases of unknown handlers."""
    definitions = current_definitions()
    company = figures_for_company(window, definitions, now)
    series = weekly_figures(definitions, WEEKS_DRAWN, on, as_of=now)
    used = [definition for definition in definitions if company[definition.key].n]
    tiles = {d.key: tile(company[d.key], series[d.key]) for d in used}
    compared = [definition for definition in used if definition.on_board]
    by_team = figures_for_teams(teams, window, compared, now)
    volume = next((d for d in definitions if d.recipe == MetricDefinition.Recipe.CASES_TAKEN), None)
    return Overview(
        window,
        by_family([(tiles[d.key], None) for d in used]),
        [(tiles[d.key], weekly_chart(d, series[d.key], _("the whole company"))) for d in used if d.is_directed],
        compared,
        [TeamRow(team, team.path.count("/") - 2, [by_team[team.pk][d.key] for d in compared]) for team in teams],
        {d.key: max((by_team[t.pk][d.key].high or 0.0 for t in teams), default=0.0) for d in compared},
        unknown_handlers(window, company[volume.key].numerator if volume else 0),
        standards_kept(window),
    )
