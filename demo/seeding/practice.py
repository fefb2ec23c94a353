"""Daily practice of one team: now and then a day, and one rep who practised nearly every day of late."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from django.db.models import Case, When

from demo.company import Company
from demo.seeding.people import Cast
from learning.modules.questions.kinds import Choice
from learning.practice.cards import make_cards
from learning.practice.models import PracticeCard
from learning.practice.months import close_months
from learning.practice.questions import questions_of
from learning.practice.services import answer_card, share, show, shown
from people.models import Person

WEEKS = 9
A_DAY = 2
RIGHT = 0.85
LATELY = (8, 7, 6, 3, 2, 1)  # days ago


def seed_practice(company: Company, cast: Cast, *, seed: int, now: datetime) -> int:
    """What they answered, in order of time, and the months summed; how many answers."""
    rng = Random(f"practice:{seed}")
    make_cards(now=now - timedelta(weeks=WEEKS, days=5))
    team, module_id = _where_most_practise_one_module(company, now)
    reps = [cast.account(rep) for rep in company.reps if rep.team == team]
    keen = cast.account(company.with_story("slipped"))
    days = [(now - timedelta(weeks=week, days=rng.randint(0, 4), hours=1), rep) for week in range(WEEKS, 1, -1) for rep in reps]
    days += [(now - timedelta(days=ago, hours=2), keen) for ago in LATELY]
    given = sum(_practise(rep, moment, module_id, rng) for moment, rep in sorted(days, key=lambda day: (day[0], day[1].pk)))
    share(actor=reps[0], shares=True, now=now - timedelta(weeks=1))
    _practise(reps[0], now - timedelta(hours=3), module_id, rng)
    close_months(now=now)
    return given


def _where_most_practise_one_module(company: Company, now: datetime) -> tuple[str, int]:
    """The team and the module of which a closed month has something to show."""
    team_of = {rep.email: rep.team for rep in company.reps}
    early = PracticeCard.objects.filter(due_on__lt=(now - timedelta(weeks=6)).date())
    people = early.order_by().values_list("person__email", "module_id").distinct()
    places = Counter((team_of[email], module_id) for email, module_id in people if email in team_of)
    return max(sorted(places), key=places.__getitem__, default=(company.reps[0].team, 0))


def _practise(person: Person, moment: datetime, module_id: int, rng: Random) -> int:
    due = PracticeCard.objects.filter(person=person, made_at__lte=moment).due(moment.date())
    of_the_module = Case(When(module=module_id, then=0), default=1)
    cards = list(due.select_related("module").order_by(of_the_module, "due_on", "pk")[:A_DAY])
    given = 0
    for card in cards:
        practised = questions_of([card]).get(card.pk)
        if practised is None or not isinstance(practised.question, Choice):
            continue
        wrong = [answer.id for answer in practised.question.answers if not answer.correct]
        sent = sorted(practised.question.right_ids) if rng.random() < RIGHT else [rng.choice(wrong)]
        seen = shown(show(card, practised, moment - timedelta(seconds=rng.randint(8, 60))))
        answer_card(actor=person, seen=seen, sent=sent, fuzz=False, now=moment)
        given += 1
    return given
