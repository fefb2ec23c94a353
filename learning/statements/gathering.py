"""From evidence to the outbox: what happened and is not told yet becomes a statement that waits. Harmless to run twice.

Nothing announces anything to this room: completions, markings, finished packages and certificates are append-only, so a cursor per
kind says how far they have been read. Attendance can be corrected, so it is compared instead: what is noted, and what was told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef
from django.urls import reverse

from learning.assignments.models import PACKAGE_STEP, Completion, StepDone
from learning.certificates.models import Certificate
from learning.group_sessions.models import Place
from learning.packages.models import Launch, PartState
from learning.quizzes.models import QuizMark
from learning.statements import building
from learning.statements.building import Activity, Fact, Site
from learning.statements.models import Pseudonym, RecordStore, Statement

CHUNK = 500
MOST_CHUNKS = 40
# A row that another transaction wrote earlier and commits later has a smaller key than one that was read already.
LOOKS_BACK = 500
# Whoever corrects who was there does it within weeks.
CORRECTED_FOR = timedelta(days=90)

Kind = Statement.Kind


@dataclass(frozen=True)
class Found:
    """A row of evidence that is to be told, of whom, and what it says."""

    kind: str
    evidence: int
    person_id: int
    fact: Fact
    turn: int = 1


@dataclass(frozen=True)
class Source:
    """Where one kind of append-only evidence comes from. `when` names the field that says when it happened.

    `replaces` says which statements are not true any more because of these rows.
    """

    kind: str
    rows: Callable[[], models.QuerySet[Any]]
    when: str
    read: Callable[[Site, list[Any]], Iterator[Found]]
    replaces: Callable[[list[Any]], Iterable[Statement]] | None = None


def site_of(store: RecordStore) -> Site:
    return Site(settings.BASE_URL.rstrip("/"), settings.SITE_NAME, settings.LANGUAGE_CODE, store.namespace)


def gather(*, now: datetime) -> int:
    """Put what is not told yet into the outbox; how many statements. Nothing where the store is off."""
    store = RecordStore.objects.filter(enabled=True).first()
    if store is None:
        return 0
    return sum(_gather_source(source, now) for source in SOURCES) + _gather_attendance(store, site_of(store), now)


def _gather_source(source: Source, now: datetime) -> int:
    made = 0
    for chunk_number in range(MOST_CHUNKS):
        with transaction.atomic():
            store = RecordStore.objects.select_for_update().get()
            if not store.enabled:
                break
            site = site_of(store)
            cursor = int(store.cursors.get(source.kind, 0))
            newest = source.rows().aggregate(newest=Max("pk"))["newest"] or 0
            told = Statement.objects.filter(kind=source.kind, evidence=OuterRef("pk"))
            after = cursor - (0 if chunk_number else LOOKS_BACK)
            rows = source.rows().filter(~Exists(told), pk__gt=after, pk__lte=newest)
            if store.since is not None:
                rows = rows.filter(**{f"{source.when}__gte": store.since})
            chunk = list(rows.order_by("pk")[:CHUNK])
            made += _write(site, source.read(site, chunk), now)
            if source.replaces is not None:
                for row in source.replaces(chunk):
                    take_back(row, site, now)
            store.cursors[source.kind] = chunk[-1].pk if len(chunk) == CHUNK else newest
            store.save(update_fields=["cursors"])
        if len(chunk) < CHUNK:
            break
    return made


def _write(site: Site, found: Iterable[Found], now: datetime) -> int:
    found = list(found)
    names = _names({one.person_id for one in found})
    rows = [
        Statement(
            number=number,
            kind=one.kind,
            evidence=one.evidence,
            turn=one.turn,
            pseudonym=names[one.person_id],
            happened_at=one.fact.at,
            body=building.statement(site, number, str(names[one.person_id].name), one.fact),
            built_at=now,
        )
        for one in found
        if one.person_id in names
        for number in [site.id_of(f"{one.kind}:{one.evidence}:{one.turn}")]
    ]
    there = Statement.objects.filter(number__in=[row.number for row in rows]).count() if rows else 0
    Statement.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows) - there


def _names(people: set[int]) -> dict[int, Pseudonym]:
    """By person, their name outside, made where there is none; without those who were forgotten."""
    there = set(Pseudonym.objects.filter(person__in=people).values_list("person_id", flat=True))
    Pseudonym.objects.bulk_create([Pseudonym(person_id=pk) for pk in sorted(people - there)], ignore_conflicts=True)
    return {row.person_id: row for row in Pseudonym.objects.filter(person__in=people, forgotten_at=None)}


# --- What each kind says ---------------------------------------------------------------------------------------------


def _module(site: Site, pk: int, title: str) -> Activity:
    return Activity(site.page(reverse("module_detail", args=[pk])), title, building.MODULE)


def _completions(site: Site, rows: list[Completion]) -> Iterator[Found]:
    for row in rows:
        by_hand = {"recorded-by-hand": True} if row.recorded_by_id else {}
        fact = Fact(
            building.COMPLETED,
            _module(site, row.module_id, row.title),
            row.completed_at,
            registration=f"assignment:{row.assignment_id}",
            revision=row.revision_id,
            digest=row.content_digest,
            completed=True,
            seconds=row.seconds,
            extensions=by_hand,
        )
        yield Found(Kind.COMPLETION, row.pk, row.person_id, fact)


def _marks(site: Site, rows: list[QuizMark]) -> Iterator[Found]:
    """Markings that count: not the first one of answers that a person has to mark, which says nothing yet."""
    submissions = {row.submission_id for row in rows}
    by_person = QuizMark.objects.filter(submission__in=submissions, reason=QuizMark.Reason.PERSON)
    marked_later = set(by_person.values_list("submission_id", flat=True))
    for row in rows:
        submission, attempt = row.submission, row.submission.attempt
        provisional = submission.waiting_since is not None or submission.pk in marked_later
        if row.reason == QuizMark.Reason.AUTOMATIC and provisional:
            continue
        began = submission.paper.started_at if submission.paper is not None else None
        fact = Fact(
            building.PASSED if row.passed else building.FAILED,
            _module(site, attempt.assignment.module_id, attempt.assignment.module.title),
            row.marked_at,
            registration=f"assignment:{attempt.assignment_id}",
            revision=attempt.revision_id,
            digest=attempt.content_digest,
            percent=row.score_percent,
            passed=row.passed,
            seconds=max(0, int((submission.submitted_at - began).total_seconds())) if began else None,
            extensions={"quiz-try": submission.number, "quiz-marking": row.number},
        )
        yield Found(Kind.QUIZ, row.pk, attempt.assignment.person_id, fact)


def _older_marks(rows: list[QuizMark]) -> Iterable[Statement]:
    """What was told of earlier markings of the same tries."""
    newest = {row.submission_id: row.number for row in rows if row.number > 1}
    if not newest:
        return []
    marks = QuizMark.objects.filter(submission__in=newest).values_list("pk", "submission_id", "number")
    older = [pk for pk, submission, number in marks if number < newest[submission]]
    return Statement.objects.standing().filter(kind=Kind.QUIZ, evidence__in=older).select_related("pseudonym")


def _packages(site: Site, rows: list[StepDone]) -> Iterator[Found]:
    attempts = [row.attempt_id for row in rows]
    launches = Launch.objects.filter(attempt__in=attempts, review=False).select_related("package").order_by("pk")
    packages = {launch.attempt_id: launch.package for launch in launches}
    parts: dict[int, list[PartState]] = {}
    for part in PartState.objects.filter(attempt__in=attempts):
        parts.setdefault(part.attempt_id, []).append(part)
    for row in rows:
        package = packages.get(row.attempt_id)
        if package is None:
            continue
        attempt, states = row.attempt, parts.get(row.attempt_id, [])
        passed = any(part.success == PartState.Success.PASSED for part in states)
        scaled = states[0].score_scaled if len(states) == 1 else None
        activity = Activity(
            site.page(reverse("package_detail", args=[package.pk])),
            package.title,
            building.LESSON,
            _module(site, attempt.assignment.module_id, attempt.assignment.module.title),
        )
        fact = Fact(
            building.PASSED if passed else building.COMPLETED,
            activity,
            row.at,
            registration=f"assignment:{attempt.assignment_id}",
            revision=attempt.revision_id,
            digest=attempt.content_digest,
            percent=round(100 * scaled) if passed and scaled is not None and 0 <= scaled <= 1 else None,
            passed=passed or None,
            completed=True,
            seconds=sum(part.seconds for part in states),
            extensions={"package-digest": package.sha256},
        )
        yield Found(Kind.PACKAGE, row.pk, attempt.assignment.person_id, fact)


def _certificates(site: Site, rows: list[Certificate]) -> Iterator[Found]:
    """Without the certificate's number: its page tells everybody whose it is."""
    for row in rows:
        module = _module(site, row.module_id, row.title)
        until = {"valid-until": row.valid_until.isoformat()} if row.valid_until else {}
        fact = Fact(
            building.EARNED,
            Activity(f"{module.url}#certificate", row.title, building.CERTIFICATE, module),
            row.issued_at,
            revision=row.revision_id,
            digest=row.content_digest,
            extensions={**until, "cycle": row.cycle},
        )
        yield Found(Kind.CERTIFICATE, row.pk, row.person_id, fact)


_LEARNT = ("attempt__assignment__module", "attempt__assignment")
SOURCES = (
    Source(Kind.COMPLETION, lambda: Completion.objects.all(), "completed_at", _completions),
    Source(
        Kind.QUIZ,
        lambda: QuizMark.objects.select_related("submission__paper", *(f"submission__{path}" for path in _LEARNT)),
        "marked_at",
        _marks,
        _older_marks,
    ),
    Source(Kind.PACKAGE, lambda: StepDone.objects.filter(step=PACKAGE_STEP).select_related(*_LEARNT), "at", _packages),
    Source(Kind.CERTIFICATE, lambda: Certificate.objects.all(), "issued_at", _certificates),
)


# --- Attendance, which can be corrected ------------------------------------------------------------------------------


@transaction.atomic
def _gather_attendance(store: RecordStore, site: Site, now: datetime) -> int:
    """Tell who was there of sessions that are over; take back what was corrected."""
    _take_back_attendance(site, now)
    told = Statement.objects.standing().filter(kind=Kind.ATTENDANCE, evidence=OuterRef("pk"))
    over = Place.objects.filter(attendance=Place.Attendance.PRESENT, session__ends_at__lte=now)
    if store.since is not None:
        over = over.filter(session__ends_at__gte=store.since)
    places = list(over.filter(~Exists(told)).select_related("session").order_by("pk")[: CHUNK * MOST_CHUNKS])
    earlier = _turns([place.pk for place in places])
    return _write(site, (_attendance(site, place, earlier.get(place.pk, 0) + 1) for place in places), now)


def _attendance(site: Site, place: Place, turn: int) -> Found:
    session = place.session
    activity = Activity(site.page(reverse("group_session_detail", args=[session.pk])), session.title, building.MEETING)
    length = int((session.ends_at - session.starts_at).total_seconds())
    fact = Fact(building.ATTENDED, activity, session.ends_at, completed=True, seconds=length)
    return Found(Kind.ATTENDANCE, place.pk, place.person_id, fact, turn)


def _turns(places: list[int]) -> dict[int, int]:
    rows = Statement.objects.filter(kind=Kind.ATTENDANCE, evidence__in=places).order_by()
    return dict(rows.values("evidence").annotate(most=Max("turn")).values_list("evidence", "most"))


def _take_back_attendance(site: Site, now: datetime) -> None:
    still = Place.objects.filter(pk=OuterRef("evidence"), attendance=Place.Attendance.PRESENT)
    rows = Statement.objects.standing().filter(kind=Kind.ATTENDANCE, happened_at__gte=now - CORRECTED_FOR)
    for row in rows.filter(~Exists(still), pseudonym__forgotten_at=None).select_related("pseudonym"):
        take_back(row, site, now)


def take_back(row: Statement, site: Site, now: datetime) -> None:
    """What was not sent yet never is; what may have been is voided by a statement of its own."""
    states = Statement.State
    if row.state == states.REFUSED or (row.state != states.DELIVERED and not row.sent_to):
        row.state, row.settled_at = states.DROPPED, now
        row.save(update_fields=["state", "settled_at"])
        return
    number = site.id_of(f"{Kind.VOID}:{row.number}")
    Statement.objects.get_or_create(
        kind=Kind.VOID,
        evidence=row.pk,
        defaults={
            "number": number,
            "pseudonym": row.pseudonym,
            "happened_at": now,
            "body": building.voiding(site, number, str(row.pseudonym.name), row.number, now),
            "built_at": now,
        },
    )
    row.voided_at = now
    row.save(update_fields=["voided_at"])
