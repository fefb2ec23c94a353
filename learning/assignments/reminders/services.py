"""Reminding: a week before, a day before, once when overdue; the lead's overview once a week. Harmless to run twice.

What is to be said is first written down as a row, once; it goes out when the person's own clock and wishes allow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from learning.assignments.models import Assignment, LeadDigest, Reminder
from learning.assignments.reminders.queries import digest_of
from learning.assignments.reminders.tasks import mail_lead_digest, mail_reminders
from people.delivery import is_quiet, local_day, preference_of, preferences_of
from people.models import Absence, DeliveryPreference, Person, Role

WEEK_BEFORE = timedelta(days=7)
DAY_BEFORE = timedelta(days=1)


@dataclass(frozen=True)
class Reminded:
    """What a run did: reminders written down, people written to, leads written to."""

    made: int
    people: int
    leads: int


def send_reminders(*, now: datetime) -> Reminded:
    """Write down what is to be said by now, and say what may be said by now."""
    made = _make(now)
    return Reminded(made, _send(now), _send_digests(now))


def occasion(assignment: Assignment, today: date, given_on: date) -> str | None:
    """What there is to remind of on that day; None where nothing.

    Whoever got it less than a week before it is due is not told "due in a week": they have just been told.
    """
    due_on = assignment.due_on
    if due_on is None or assignment.is_closed(today):
        return None
    if due_on < today:
        return Reminder.Kind.OVERDUE
    if due_on - DAY_BEFORE <= today:
        return Reminder.Kind.DAY if given_on < today else None
    if due_on - WEEK_BEFORE <= today and given_on < due_on - WEEK_BEFORE:
        return Reminder.Kind.WEEK
    return None


def _make(now: datetime) -> int:
    # A day more than a week, and the day of the person, not of the server: zones differ by up to a day.
    soon = now.date() + WEEK_BEFORE + DAY_BEFORE
    told = Reminder.objects.filter(assignment=OuterRef("pk"), kind=Reminder.Kind.OVERDUE, for_day=OuterRef("due_on"))
    waiting = Assignment.objects.open().filter(due_on__lte=soon, person__is_active=True).exclude(Exists(told))
    rows = []
    for assignment in waiting.select_related("person").order_by("pk").iterator(chunk_size=2000):
        today = local_day(assignment.person, now)
        kind = occasion(assignment, today, local_day(assignment.person, assignment.assigned_at))
        if kind is not None and assignment.due_on is not None:
            rows.append(
                Reminder(assignment=assignment, person_id=assignment.person_id, kind=kind, for_day=assignment.due_on, made_at=now)
            )
    before = Reminder.objects.count()
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return Reminder.objects.count() - before


@transaction.atomic
def remind_of_new(*, assignment: Assignment, now: datetime) -> bool:
    """Write down that somebody has a new assignment, where it cannot be said at once. False where it can.

    Called while it is being assigned; who wants no mail is shown it only.
    """
    preference = preference_of(assignment.person)
    if preference.mode == DeliveryPreference.Mode.AT_ONCE and not is_quiet(assignment.person, preference, now):
        return False
    shown = preference.mode == DeliveryPreference.Mode.PRODUCT
    Reminder.objects.get_or_create(
        assignment=assignment,
        kind=Reminder.Kind.NEW,
        for_day=local_day(assignment.person, now),
        defaults={
            "person": assignment.person,
            "made_at": now,
            "state": Reminder.State.SHOWN if shown else Reminder.State.WAITING,
            "settled_at": now if shown else None,
        },
    )
    return True


def _send(now: datetime) -> int:
    waiting = Reminder.objects.filter(state=Reminder.State.WAITING)
    _drop_needless(waiting, now)
    people = list(Person.objects.active().filter(pk__in=waiting.values("person_id")).order_by("pk"))
    preferences = preferences_of(people)
    count = 0
    for person in people:
        preference = preferences[person.pk]
        if preference.mode == DeliveryPreference.Mode.PRODUCT:
            waiting.filter(person=person).update(state=Reminder.State.SHOWN, settled_at=now)
        elif _may_be_written_to(person, preference, now):
            mail_reminders.enqueue(person.pk, now.isoformat())
            count += 1
    return count


def _drop_needless(waiting: QuerySet[Reminder], now: datetime) -> None:
    """What is completed or withdrawn meanwhile, and what a later reminder of the same assignment says better."""
    over = waiting.exclude(assignment__state__in=Assignment.OPEN_STATES) | waiting.exclude(person__is_active=True)
    newer = Reminder.objects.filter(assignment=OuterRef("assignment"), pk__gt=OuterRef("pk"))
    better = waiting.exclude(kind=Reminder.Kind.NEW).filter(Exists(newer))
    for rows in (over, better):
        needless = list(rows.values_list("pk", flat=True))
        Reminder.objects.filter(pk__in=needless).update(state=Reminder.State.DROPPED, settled_at=now)


def _may_be_written_to(person: Person, preference: DeliveryPreference, now: datetime) -> bool:
    today = local_day(person, now)
    if is_quiet(person, preference, now) or Absence.objects.on(today).filter(person=person).exists():
        return False
    if preference.mode == DeliveryPreference.Mode.AT_ONCE:
        return True
    last = Reminder.objects.filter(person=person, state=Reminder.State.MAILED).order_by("-settled_at").first()
    return last is None or last.settled_at is None or local_day(person, last.settled_at) < today


def _send_digests(now: datetime) -> int:
    """To every lead whose people have something to do, once a week from Monday morning on."""
    leads = list(Person.objects.active().with_role(Role.LEAD).order_by("pk"))
    preferences = preferences_of(leads)
    count = 0
    for lead in leads:
        today = local_day(lead, now)
        week = today - timedelta(days=today.weekday())
        preference = preferences[lead.pk]
        if preference.mode == DeliveryPreference.Mode.PRODUCT or is_quiet(lead, preference, now):
            continue
        if Absence.objects.on(today).filter(person=lead).exists():
            continue
        if LeadDigest.objects.filter(person=lead, week_starts_on=week).exists() or not digest_of(lead, today).open:
            continue
        with transaction.atomic():
            # Two runs at once: the row is the ticket.
            _row, is_mine = LeadDigest.objects.get_or_create(person=lead, week_starts_on=week, defaults={"sent_at": now})
            if is_mine:
                transaction.on_commit(partial(mail_lead_digest.enqueue, lead.pk, now.isoformat()))
                count += 1
    return count
