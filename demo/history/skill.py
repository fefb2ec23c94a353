"""How good everybody is, and when: lasting skill, team, weeks, spells, and the four stories.

The spread is that of `reference/effects.md` section 2, on the logit scale: lasting skill 0.33, team
0.15, floor week 0.08, team week 0.12, passing personal spells AR(1) 0.22 with rho 0.6; mean 82 %.
"""

from __future__ import annotations

import math
from datetime import date
from random import Random

from demo.company import TEAMS, Company, DemoPerson

MEAN_SATISFIED = 0.82
RECALL_TEAM, RECALL_WEEKS = "devices", range(13, 17)  # weeks 14 to 17
SLIPPED_WEEKS = 5
COACHED_WEEKS_AGO = 11
NEW_WEEKS = 10
# What each team finds hard; the playbook and the head's overview should see it.
TEAM_WEAKNESS = {
    "orders": ("no-false-promise", "clear-next-step"),
    "returns": ("follow-up-as-promised", "own-the-mistake"),
    "billing": ("plain-language", "verify-understanding"),
    "app": ("name-the-need", "plain-language"),
    "devices": ("calm-with-upset", "resolve-at-root"),
}
STANDARDS = (
    "warm-greeting", "name-the-need", "verify-understanding", "clear-next-step", "own-the-mistake", "no-false-promise",
    "resolve-at-root", "follow-up-as-promised", "thank-and-invite", "decide-within-limits", "hand-over-warmly",
    "calm-with-upset", "plain-language", "one-voice", "protect-customer-data",
)  # fmt: skip


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


class Floor:
    """The hidden truth behind the demo's figures."""

    def __init__(self, rng: Random, company: Company, weeks: int, today: date) -> None:
        self.weeks, self.today = weeks, today
        self.lasting = {rep.email: rng.gauss(0, 0.33) for rep in company.reps}
        self.team = {team: rng.gauss(0, 0.15) for team in TEAMS}
        self.floor_week = [rng.gauss(0, 0.08) for _week in range(weeks)]
        self.team_week = {team: [rng.gauss(0, 0.12) for _week in range(weeks)] for team in TEAMS}
        self.spell: dict[str, list[float]] = {}
        self.weak: dict[str, tuple[str, ...]] = {}
        for rep in company.reps:
            value, path = rng.gauss(0, 0.22), []
            for _week in range(weeks):
                path.append(value)
                value = 0.6 * value + rng.gauss(0, 0.22 * math.sqrt(1 - 0.36))
            self.spell[rep.email] = path
            self.weak[rep.email] = tuple(rng.sample(STANDARDS, 2))
        for rep in company.reps:
            if rep.story in {"slipped", "improved"}:
                self.lasting[rep.email] = 0.15  # neither a star nor a worry before their story begins

    def recall(self, team: str, week: int) -> bool:
        return team == RECALL_TEAM and week in RECALL_WEEKS

    def story_shift(self, rep: DemoPerson, week: int) -> float:
        """What the person's story adds in that week, on the logit scale."""
        weeks_left = self.weeks - week
        if rep.story == "slipped":
            return -1.7 if weeks_left <= SLIPPED_WEEKS else 0.1
        if rep.story == "improved":
            return 0.5 if weeks_left <= COACHED_WEEKS_AGO else -0.75
        if rep.story == "new":
            return -0.6 * max(0.0, (weeks_left - 3) / NEW_WEEKS)
        return 0.0

    def satisfied(self, rep: DemoPerson, team: str, week: int) -> float:
        """Chance that a rating given to this person in that week is a satisfied one."""
        logit = math.log(MEAN_SATISFIED / (1 - MEAN_SATISFIED)) + self.lasting[rep.email] + self.team[team]
        logit += self.floor_week[week] + self.team_week[team][week] + self.spell[rep.email][week] + self.story_shift(rep, week)
        return sigmoid(logit - (0.95 if self.recall(team, week) else 0.0))

    def handles_well(self, rep: DemoPerson, team: str, week: int, standard: str) -> float:
        """Chance that this person keeps a standard in a conversation of that week."""
        logit = 1.9 + 1.2 * self.lasting[rep.email] + 1.1 * self.story_shift(rep, week)
        if standard in TEAM_WEAKNESS[team]:
            logit -= 0.9
        if standard in self.weak[rep.email]:
            logit -= 1.1
        if standard == "protect-customer-data":
            logit += 1.3
        if self.recall(team, week):
            logit -= 0.8
        return sigmoid(logit)
