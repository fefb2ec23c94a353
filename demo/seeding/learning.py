"""Who was given which module, and how far they got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from demo.company import Company
from demo.seeding.people import Cast
from demo.seeding.reviews import load_comments
from learning.assignments.models import Assignment
from learning.assignments.queries import lesson_step
from learning.assignments.services import AlreadyAssigned, assign_module, finish_step, start_attempt
from learning.modules.content import from_revision
from learning.modules.models import Module
from learning.modules.questions.kinds import Choice, Question
from learning.quizzes.queries import next_number
from learning.quizzes.services import submit_quiz
from people.models import Person

LATE = 0.9
FINISHING, STARTING, PATIENT = 0.68, 0.16, 0.16  # finish in time; begin and stop; not begun yet
FIRST_TRY_PASSES = 0.72


@dataclass(frozen=True)
class Wish:
    """A module that a lead gives to somebody, and when."""

    when: datetime
    person: Person
    module: Module
    lead: Person
    due_on: date
    because: str


def wishes_of_leads(*, company: Company, cast: Cast, modules: tuple[Module, ...], rng: Random, now: datetime) -> list[Wish]:
    """What leads will give, in order of time: to newcomers all modules, to some of a team the one they see a need for."""
    comments = load_comments()["lead"]
    wishes = []
    for lead in company.leads:
        account = cast.account(lead)
        team = [rep for rep in company.reps if rep.team == lead.team]
        for rep in (rep for rep in team if rep.story == "new"):
            started = now - timedelta(weeks=rep.started_weeks_ago) + timedelta(hours=1)
            for place, module in enumerate(modules):
                due = (started + timedelta(weeks=place + 2)).date()
                wishes.append(Wish(started, cast.account(rep), module, account, due, comments["onboarding"][0]))
        for weeks_ago, share in ((16, 0.15), (7, 0.25), (2, 0.35)):
            when = now - timedelta(weeks=weeks_ago, hours=rng.randint(0, 5))
            reason = rng.choice(comments["reasons"]).format(weekday=f"{when + timedelta(days=3):%A}")
            module = rng.choice(modules)
            for rep in rng.sample(team, max(1, round(len(team) * share))):
                if rep.started_weeks_ago > weeks_ago:
                    due = (when + timedelta(days=14 if weeks_ago > 2 else 10)).date()
                    wishes.append(Wish(when, cast.account(rep), module, account, due, reason))
    return sorted(wishes, key=lambda wish: wish.when)


def assign_wishes(wishes: list[Wish], *, since: datetime, until: datetime) -> int:
    """Assign what falls into this time; who has the module to do already keeps what they have. The number assigned."""
    made = 0
    for wish in (wish for wish in wishes if since < wish.when <= until):
        try:
            assign_module(
                actor=wish.lead,
                person=wish.person,
                module=wish.module,
                due_on=wish.due_on,
                source=Assignment.Source.LEAD,
                because=wish.because,
                now=wish.when,
            )
        except AlreadyAssigned:
            continue
        made += 1
    return made


def go_on_learning(*, until: datetime, seed: int) -> int:
    """Everybody works on what they have, each at their own pace, up to that moment; the number completed.

    What somebody does with an assignment is drawn once, by its number, so that each call only goes on.
    """
    completed = 0
    for assignment in Assignment.objects.open().select_related("person", "module").order_by("pk"):
        rng = Random(f"{seed}:{assignment.pk}")
        kind = rng.choices(("finish", "begin", "wait"), (FINISHING, STARTING, PATIENT))[0]
        starts = assignment.assigned_at + timedelta(days=rng.randint(1, 6), hours=rng.randint(0, 6))
        if kind != "finish" and assignment.due_on and rng.random() < LATE:
            # Reminded by their lead, most who let the day pass finish a little later.
            late = datetime.combine(assignment.due_on, starts.timetz()) + timedelta(days=rng.randint(1, 5))
            if late <= until:
                kind, starts = "finish", late
        if kind == "wait" or starts > until or (kind == "begin" and assignment.state == Assignment.State.STARTED):
            continue
        completed += _work(assignment, rng, starts, finish=kind == "finish", until=until)
    return completed


def _work(assignment: Assignment, rng: Random, starts: datetime, *, finish: bool, until: datetime) -> int:
    person = assignment.person
    attempt = start_attempt(actor=person, assignment=assignment, now=starts)
    content = from_revision(attempt.revision)
    lessons = content.lessons if finish else content.lessons[: max(1, len(content.lessons) // 2)]
    moment = starts
    for lesson in lessons:
        moment += timedelta(minutes=rng.randint(3, 8), seconds=rng.randint(0, 59))
        finish_step(actor=person, attempt=attempt, step=lesson_step(lesson.id), now=min(moment, until))
    if not finish or not content.questions:
        return int(finish)
    for right in (False, True) if rng.random() > FIRST_TRY_PASSES else (True,):
        moment += timedelta(minutes=rng.randint(2, 6))
        answers = {question.id: _answer(question, rng, right) for question in content.questions}
        number = next_number(attempt)
        if submit_quiz(actor=person, attempt=attempt, number=number, answers=answers, now=min(moment, until)).passed:
            return 1
    return 0


def _answer(question: Question, rng: Random, right: bool) -> list[str]:
    """The right answers, or on a bad try mostly one that is not. The demo's own modules ask by choice only."""
    if not isinstance(question, Choice):
        return []
    if right or rng.random() < 0.4:
        return sorted(question.right_ids)
    return [rng.choice([answer.id for answer in question.answers if not answer.correct] or sorted(question.right_ids))]
