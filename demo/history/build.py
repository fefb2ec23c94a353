"""Builds the history: who handled what when, how it went, and what the customer said."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from demo.company import TEAMS, Company, DemoPerson, build_company
from demo.conversations.scripts import Scenario, load_scenarios
from demo.conversations.slots import customer_name
from demo.conversations.writer import Conversation, Vocabulary, write_conversation
from demo.history.sizes import Size
from demo.history.skill import Floor
from demo.history.topics import DISPLEASED, PLEASED, RECALL_TOPIC, TOPICS

WEEKDAY_WEIGHT = (1.28, 1.14, 1.08, 1.03, 1.0, 0.55, 0.32)
CHANNELS = {
    "orders": (("email", 0.45), ("chat", 0.25), ("phone", 0.30)),
    "returns": (("email", 0.58), ("chat", 0.22), ("phone", 0.20)),
    "billing": (("email", 0.55), ("chat", 0.20), ("phone", 0.25)),
    "app": (("email", 0.35), ("chat", 0.60), ("phone", 0.05)),
    "devices": (("email", 0.35), ("chat", 0.40), ("phone", 0.25)),
}
SCENARIOS = {
    "orders": ("parcel-lost", "address-change", "promo-code", "missing-piece", "angry-escalation", "praise"),
    "returns": ("wrong-size", "damaged-item", "refund-late", "callback-missed", "praise", "angry-escalation"),
    "billing": ("double-charge", "cancel-subscription", "privacy-request", "refund-late", "promo-code"),
    "app": ("login-locked", "app-crash", "privacy-request", "cancel-subscription"),
    "devices": ("faulty-sensor", "faulty-sensor", "callback-missed", "angry-escalation", "praise"),
}
RESPONSE_SHARE = 0.27
RESPONSE_SHARE_WRITTEN = 0.62
MISSED_CALLS = 0.07
SHORTEST_CONVERSATION = 5
DAY_STARTS, DAY_ENDS = 7, 22


@dataclass
class Case:
    """One row of the case export. Times are in UTC."""

    case_id: str
    rep: DemoPerson
    team: str
    week: int
    channel: str
    topic: str
    subject: str
    customer: str
    opened: datetime
    first_reply: datetime | None
    resolved: datetime | None
    reopens: int
    answered: bool | None
    wait: int | None
    handle: int | None
    conversation: Conversation | None = None
    sent: list[datetime] = field(default_factory=list)


@dataclass(frozen=True)
class Survey:
    survey_id: str
    case: Case
    rating: int
    answered_at: datetime
    comment: str


@dataclass(frozen=True)
class History:
    company: Company
    cases: tuple[Case, ...]
    surveys: tuple[Survey, ...]
    first_day: date
    now: datetime

    @property
    def weeks(self) -> int:
        """How many weeks it covers."""
        return (self.now.date() - self.first_day).days // 7

    @property
    def conversations(self) -> dict[str, Case]:
        """Cases with a written conversation, by case id."""
        return {case.case_id: case for case in self.cases if case.conversation}


def build_history(*, size: Size, seed: int, now: datetime) -> History:
    """The whole history up to yesterday. Same size, seed and day give the same rows."""
    rng = Random(f"{seed}:{now:%Y-%m-%d}")
    company = build_company(size.reps_per_team)
    today = now.date()
    first_day = today - timedelta(weeks=size.weeks)
    floor = Floor(rng, company, size.weeks, today)
    cases = _cases(rng, size, company, floor, first_day, now)
    _write_conversations(rng, size, company, floor, cases, now)
    return History(company, tuple(cases), tuple(_surveys(rng, floor, cases, now)), first_day, now)


def _cases(rng: Random, size: Size, company: Company, floor: Floor, first_day: date, now: datetime) -> list[Case]:
    days = [first_day + timedelta(days=n) for n in range(size.weeks * 7)]
    weights = [_day_weight(day, n, len(days)) * rng.uniform(0.9, 1.1) for n, day in enumerate(days)]
    scale = size.interactions / sum(weights)
    pace = {rep.email: rng.uniform(0.75, 1.25) for rep in company.reps}
    cases: list[Case] = []
    for n, day in enumerate(days):
        week = n // 7
        working = [(rep, team) for rep in company.reps if (team := rep.team_on(day, now.date()))]
        load = [pace[rep.email] * (1.7 if floor.recall(team, week) else 1.0) for rep, team in working]
        count = max(len(working) // 4, round(weights[n] * scale))
        for rep, team in rng.choices(working, weights=load, k=count):
            cases.append(_case(rng, floor, f"PD-{100_001 + len(cases)}", rep, team, week, day, now))
    return cases


def _day_weight(day: date, n: int, total: int) -> float:
    """Weekday, a slow wave over the seasons, and a sale in the seventh week."""
    season = 1 + 0.12 * math.sin(2 * math.pi * n / total)
    return WEEKDAY_WEIGHT[day.weekday()] * season * (1.25 if n // 7 == 6 else 1.0)


def _case(rng: Random, floor: Floor, case_id: str, rep: DemoPerson, team: str, week: int, day: date, now: datetime) -> Case:
    channel = _pick(rng, CHANNELS[team])
    recall = floor.recall(team, week)
    subjects: tuple[str, ...]
    if recall and rng.random() < 0.55:
        topic, subjects = RECALL_TOPIC
    else:
        topic, _weight, subjects = rng.choices(TOPICS[team], weights=[weight for _t, weight, _s in TOPICS[team]])[0]
    hour = min(21.5, max(7.0, rng.gauss(10.5, 1.8) if rng.random() < 0.55 else rng.gauss(16.5, 2.2)))
    local = datetime.combine(day, time(int(hour), int(hour % 1 * 60), rng.randint(0, 59)), tzinfo=ZoneInfo(rep.zone))
    opened = local.astimezone(UTC)
    slow = (1.9 if recall else 1.0) * math.exp(-0.35 * floor.lasting[rep.email] - 0.25 * floor.story_shift(rep, week))
    answered: bool | None = None
    wait = handle = None
    if channel == "phone":
        answered = rng.random() >= MISSED_CALLS * slow
        wait = int(rng.lognormvariate(3.6, 0.8) * slow)
        handle = int(rng.lognormvariate(5.8, 0.55)) + 30 if answered else None
        first_reply = opened + timedelta(seconds=wait) if answered else opened + timedelta(hours=rng.lognormvariate(0.9, 0.6))
        longer = timedelta(hours=rng.lognormvariate(3.1, 0.8) * slow) if rng.random() < 0.18 else timedelta()
        resolved = first_reply + timedelta(seconds=handle or 300) + longer
    elif channel == "chat":
        answered = rng.random() >= 0.04 * slow
        wait = int(rng.lognormvariate(3.9, 0.9) * slow)
        handle = int(rng.lognormvariate(6.5, 0.5))
        first_reply = opened + (timedelta(seconds=wait) if answered else timedelta(hours=rng.lognormvariate(0.7, 0.5)))
        longer = timedelta(hours=rng.lognormvariate(2.9, 0.9) * slow) if rng.random() < 0.22 else timedelta()
        resolved = first_reply + timedelta(seconds=handle) + longer
    else:
        first_reply = opened + timedelta(hours=rng.lognormvariate(1.1, 0.8) * slow)
        resolved = first_reply + timedelta(hours=rng.lognormvariate(2.6, 1.0) * slow)
        handle = int(rng.lognormvariate(6.2, 0.6))
    unhappy = 1 - floor.satisfied(rep, team, week)
    reopens = sum(rng.random() < share for share in (0.03 + 0.28 * unhappy, 0.03))
    if reopens:
        resolved += timedelta(hours=rng.lognormvariate(3.0, 0.7) * reopens)
    customer = " ".join(customer_name(rng))
    return Case(
        case_id, rep, team, week, channel, topic, rng.choice(subjects), customer, opened,
        _until(first_reply, now), _until(resolved, now), reopens, answered, wait, handle,
    )  # fmt: skip


def _until(moment: datetime, now: datetime) -> datetime | None:
    """What has not happened yet is not known."""
    moment = moment.replace(microsecond=0)
    return moment if moment < now - timedelta(hours=1) else None


def _pick(rng: Random, shares: tuple[tuple[str, float], ...]) -> str:
    return rng.choices([name for name, _share in shares], weights=[share for _name, share in shares])[0]


def _write_conversations(rng: Random, size: Size, company: Company, floor: Floor, cases: list[Case], now: datetime) -> None:
    """Give some cases the words that were written: more in the last weeks, everybody about the same number."""
    scenarios = {scenario.key: scenario for scenario in load_scenarios()}
    by_rep: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        ready = case.resolved is not None and case.opened < now - timedelta(days=2)
        if ready and case.channel in {"email", "chat"} and case.answered is not False:
            by_rep[case.rep.email].append(case)
    vocabulary = Vocabulary()
    turn: dict[str, int] = dict.fromkeys(TEAMS, 0)
    reps = [rep for rep in company.reps if by_rep[rep.email]]
    for number, rep in enumerate(reps):
        share = size.conversations * (number + 1) // len(reps) - size.conversations * number // len(reps)
        pool = by_rep[rep.email]
        keyed = sorted(pool, key=lambda case: rng.random() ** (1 / (1 + 8 * (case.week / size.weeks) ** 2)), reverse=True)
        for case in sorted(keyed[:share], key=lambda case: case.opened):
            key = SCENARIOS[case.team][turn[case.team] % len(SCENARIOS[case.team])]
            turn[case.team] += 1
            if floor.recall(case.team, case.week):
                key = "recall"
            _write(rng, case, scenarios[key], company, floor, vocabulary, now)


def _write(
    rng: Random, case: Case, scenario: Scenario, company: Company, floor: Floor, vocabulary: Vocabulary, now: datetime
) -> None:
    others = [rep for rep in company.reps if rep.team == case.team and rep is not case.rep] or list(company.leads)
    while case.conversation is None or len(case.conversation.messages) < SHORTEST_CONVERSATION:
        case.conversation = write_conversation(
            rng,
            scenario,
            vocabulary=vocabulary,
            channel=case.channel,
            customer=customer_name(rng),
            agent=case.rep.name.split()[0],
            colleague=rng.choice(others).name.split()[0],
            lead=company.lead_of(case.team).name.split()[0],
            other_team=TEAMS["billing" if case.team != "billing" else "orders"][1],
            opened_at=case.opened,
            handles_well=lambda standard: floor.handles_well(case.rep, case.team, case.week, standard),
        )
    written = case.conversation
    case.topic, case.subject, case.customer = written.topic, written.subject, written.customer
    case.sent = _times(rng, case, written, now)
    first_reply = next(n for n, message in enumerate(written.messages) if message.speaker == "agent")
    case.first_reply = case.sent[first_reply]
    case.resolved = case.sent[-1] + timedelta(minutes=2)
    case.wait = int((case.first_reply - case.opened).total_seconds()) if case.channel == "chat" else None
    case.reopens = int(any(not handled.well and handled.standard == "follow-up-as-promised" for handled in written.handlings))


def _times(rng: Random, case: Case, written: Conversation, now: datetime) -> list[datetime]:
    """When each message was sent: agents write in their own daytime, and nothing lies ahead of now."""
    zone = ZoneInfo(case.rep.zone)
    times, moment = [], case.opened
    for message in written.messages:
        if message.position > 1:
            moment += timedelta(minutes=message.minutes_after, seconds=rng.randint(0, 59))
        local = moment.astimezone(zone)
        if message.speaker != "customer" and not DAY_STARTS <= local.hour < DAY_ENDS:
            morning = local.replace(hour=DAY_STARTS, minute=rng.randint(0, 50)) + timedelta(days=local.hour >= DAY_ENDS)
            moment = morning.astimezone(UTC)
        times.append(moment)
    room, needed = now - timedelta(hours=3) - case.opened, times[-1] - case.opened
    squeeze = min(1.0, room / needed) if needed else 1.0
    return [(case.opened + (moment - case.opened) * squeeze).replace(microsecond=0) for moment in times]


def _surveys(rng: Random, floor: Floor, cases: list[Case], now: datetime) -> list[Survey]:
    surveys: list[Survey] = []
    for case in cases:
        if case.resolved is None or case.answered is False:
            continue
        asked = RESPONSE_SHARE_WRITTEN if case.conversation else RESPONSE_SHARE
        answered_at = _until(case.resolved + timedelta(hours=rng.lognormvariate(1.8, 1.1)), now)
        if rng.random() >= asked or answered_at is None:
            continue
        chance = floor.satisfied(case.rep, case.team, case.week)
        if case.conversation:
            # The floor's chance decides the mean; how this conversation went decides around it.
            chance = min(0.98, max(0.05, chance + 0.16 - 0.75 * case.conversation.poor_share))
        pleased = rng.random() < chance
        rating = rng.choices((5, 4), (0.66, 0.34))[0] if pleased else rng.choices((3, 2, 1), (0.42, 0.25, 0.33))[0]
        comment = ""
        if rng.random() < 0.16 and rating != 3:
            comment = rng.choice(PLEASED if pleased else DISPLEASED).format(a=case.rep.name.split()[0])
        surveys.append(Survey(f"PS-{500_001 + len(surveys)}", case, rating, answered_at, comment))
    return surveys
