"""A company that learns: the starter modules, given to everybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

EMAIL = "rep{n}@example.com"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def fill(learners: int, now: datetime) -> list[Any]:
    """People of one team, each with all starter modules. Returns their started assignments of the first module.

    Everybody has read the lessons of the first one, so that its quiz is next.
    """
    from cms.services import publish_starter_content
    from learning.assignments.models import Assignment, Attempt, StepDone
    from learning.assignments.queries import lesson_step
    from learning.modules.content import content_digest, from_revision
    from learning.modules.services import publish_starter_modules
    from people import services
    from people.models import Membership, Person, Role, RoleGrant

    publish_starter_content(actor=None, now=now)
    modules = publish_starter_modules(actor=None, now=now)
    team = services.create_team(actor=None, name="Bench", now=now)
    people = Person.objects.bulk_create(
        [Person(email=EMAIL.format(n=n), display_name=f"Rep {n:05}") for n in range(learners)], batch_size=2000
    )
    RoleGrant.objects.bulk_create([RoleGrant(person=person, role=Role.REP) for person in people], batch_size=2000)
    joined = now.date() - timedelta(days=400)
    Membership.objects.bulk_create([Membership(person=person, team=team, starts_on=joined) for person in people], batch_size=2000)
    given = {"source": Assignment.Source.LEAD, "because": "Why.", "assigned_at": now - timedelta(days=9)}
    due = now.date() + timedelta(days=9)
    made = Assignment.objects.bulk_create(
        [
            Assignment(
                person=person,
                module=module,
                due_on=due,
                state=Assignment.State.STARTED if module == modules[0] else Assignment.State.OPEN,
                **given,
            )
            for person in people
            for module in modules
        ],
        batch_size=1000,
    )
    first = [assignment for assignment in made if assignment.module == modules[0]]
    revision = modules[0].live_revision
    content, digest = from_revision(revision), content_digest(revision)
    attempts = Attempt.objects.bulk_create(
        [
            Attempt(assignment=assignment, number=1, revision=revision, content_digest=digest, started_at=now)
            for assignment in first
        ],
        batch_size=1000,
    )
    steps = [lesson_step(lesson.id) for lesson in content.lessons]
    StepDone.objects.bulk_create(
        [StepDone(attempt=attempt, step=step, at=now, seconds=60) for attempt in attempts for step in steps], batch_size=2000
    )
    return first
