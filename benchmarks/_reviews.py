"""Half a million reviews for the benchmarks of the quality room, made set-based.

Every rep has five conversations drawn a week, 2/1/2 from the 60/30/10 % of 140 cases by risk; four go to the rep's own reviewer,
one to the others in turn. Those of the last week wait. A tenth of published reviews is not read yet, 3 % have a critical failure, a
fifth of the cases is rated. In the last year every week has ten calibration sessions on ten of its conversations, each read by two
more. Spread by a fixed hash, so that the same size gives the same company.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

TEAM, A_WEEK, REPS_PER_REVIEWER = 40, 5, 20
SESSION_WEEKS, SESSIONS_A_WEEK, SESSION_CASES = 52, 10, 10
CHUNK = 50_000
LONG_AGO = timedelta(days=1200)


def shape(reviews: int) -> tuple[int, int]:
    """(reps, weeks): a hundred weeks with 500 reviews a rep, in whole teams."""
    reps = max(TEAM, round(reviews / (100 * A_WEEK) / TEAM) * TEAM)
    return reps, max(2, -(-reviews // (reps * A_WEEK)))


def company(reviews: int) -> None:
    """A head, a lead of the first team, the reps in teams of forty, and their reviewers."""
    from coaching.interactions.models import Handler, Source
    from coaching.quality.services import ensure_starter_scorecard
    from people import services
    from people.models import Membership, Person, Role, RoleGrant, Team

    now = datetime.now(UTC)
    reps, _weeks = shape(reviews)
    ensure_starter_scorecard(actor=None, now=now)
    source = Source.objects.create(key="bench", name="Bench")
    services.create_person(actor=None, email="head@example.com", display_name="Head", roles=[Role.HEAD], now=now)
    lead = services.create_person(actor=None, email="lead@example.com", display_name="Lead", roles=[Role.LEAD], now=now)
    teams = [services.create_team(actor=None, name=f"Team {n:03}", now=now) for n in range(reps // TEAM)]
    services.join_team(
        actor=None, person=lead, team=teams[0], starts_on=(now - LONG_AGO).date(), kind=Membership.Kind.LEAD, now=now
    )
    people = Person.objects.bulk_create(
        [Person(email=f"rep{n}@example.com", display_name=f"Rep {n:04}") for n in range(reps)]
        + [
            Person(email=f"reviewer{n}@example.com", display_name=f"Reviewer {n:03}")
            for n in range(max(2, reps // REPS_PER_REVIEWER))
        ]
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(person=one, role=Role.REP if n < reps else Role.REVIEWER) for n, one in enumerate(people)
    )
    Membership.objects.bulk_create(
        Membership(person=one, team=teams[n // TEAM], starts_on=(now - LONG_AGO).date()) for n, one in enumerate(people[:reps])
    )
    Handler.objects.bulk_create(
        Handler(source=source, external_key=str(n), name=one.display_name, person=one) for n, one in enumerate(people[:reps])
    )
    Team.objects.count()


def generate(reviews: int) -> None:
    """Cases, draws, reviews, ratings, acknowledgements and ratings by customers."""
    for start in range(0, reviews, CHUNK):
        _generate(start + 1, min(reviews, start + CHUNK), reviews)


def _generate(first: int, last: int, reviews: int) -> None:
    from django.db import connection, transaction

    from coaching.interactions.models import Handler
    from coaching.quality.models import Criterion, ScorecardVersion
    from people.models import Person, Role

    reps, weeks = shape(reviews)
    rep, handler = (
        Person.objects.with_role(Role.REP).order_by("pk").values_list("pk", flat=True)[0],
        Handler.objects.order_by("pk").values_list("pk", flat=True)[0],
    )
    reviewers = list(Person.objects.with_role(Role.REVIEWER).order_by("pk").values_list("pk", flat=True))
    version = ScorecardVersion.objects.get()
    source = Handler.objects.values_list("source_id", flat=True)[0]
    origin = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=7 * weeks - 5)
    if connection.vendor == "sqlite":
        series = f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
        text = origin.strftime("%Y-%m-%d %H:%M:%S")

        def moment(days: str) -> str:
            return f"datetime('{text}', printf('%+d days', {days}))"

        def day(days: str) -> str:
            return f"date('{text}', printf('%+d days', {days}))"

        true, false, json_type = "1", "0", ""
    else:
        series = f"WITH n(i) AS (SELECT generate_series({first}::bigint, {last}))"

        def moment(days: str) -> str:
            return f"timestamptz '{origin.isoformat()}' + ({days}) * interval '1 day'"

        def day(days: str) -> str:
            return f"(({moment(days)}) AT TIME ZONE 'UTC')::date"

        true, false, json_type = "true", "false", "::jsonb"
    h = "((i * 2654435761) % 4294967296)"
    slot, person = f"((i - 1) / {reps})", f"((i - 1) % {reps})"
    week, place = f"({slot} / {A_WEEK})", f"({slot} % {A_WEEK})"
    stratum = f"CASE {place} WHEN 0 THEN 0 WHEN 1 THEN 0 WHEN 2 THEN 1 ELSE 2 END"
    cases = f"CASE {place} WHEN 0 THEN 84 WHEN 1 THEN 84 WHEN 2 THEN 42 ELSE 14 END"
    inclusion = f"CASE {place} WHEN 0 THEN 2.0/84 WHEN 1 THEN 2.0/84 WHEN 2 THEN 1.0/42 ELSE 2.0/14 END"
    turn = f"CASE {place} WHEN 0 THEN {week} ELSE 0 END"
    reviewer = f"({reviewers[0]} + ({person} + {turn}) % {len(reviewers)})"
    done = f"{week} < {weeks - 1}"
    published = f"(7 * {week} + {h} % 5)"
    quality = f"(97 - {h} / 16 % 25 - {person} % 7 - 4 * ({stratum}))"
    fails = f"({h} / 64 % 100 < 3)"
    key = Criterion.objects.filter(section__version=version, criticality="review").values_list("key", flat=True)[0]
    rated = [
        (c.pk, *(a.pk for a in c.answers.all()[:1]), list(c.answers.all())[-1].pk, c.key == key)
        for c in Criterion.objects.filter(section__version=version).prefetch_related("answers")
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW is_superuser")
            if (
                cursor.fetchone()[0] == "on"
            ):  # what is made here refers to what is made here: most of the time went into checking it
                cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"""INSERT INTO coaching_interactions_interaction (id, source_id, external_id, handler_id, channel, status, subject,
                topic, customer, account, opened_at, opened_on, resolved_at, resolved_on, reopens, answered, from_messages, queue, priority)
            {series} SELECT i, {source}, CAST(i AS varchar(20)), {handler} + {person}, 'email', 'resolved', 'A case', '', '', '',
                {moment(f"7 * {week} - 3")}, {day(f"7 * {week} - 3")}, {moment(f"7 * {week} - 2")}, {day(f"7 * {week} - 2")},
                CASE WHEN {h} % 11 = 0 THEN 1 ELSE 0 END, {true}, {false}, '', '' FROM n"""
        )
        cursor.execute(
            f"""INSERT INTO coaching_interactions_surveyresponse (source_id, external_id, kind, interaction_id, handler_id,
                raw_value, scale_min, scale_max, polarity, comment, responded_at, responded_on, case_key)
            {series} SELECT {source}, CAST(i AS varchar(20)), 'csat', i, {handler} + {person}, 5, 1, 5,
                CASE WHEN {h} % 6 = 0 THEN -1 ELSE 1 END, '', {moment(f"7 * {week} - 1")}, {day(f"7 * {week} - 1")}, ''
            FROM n WHERE {h} / 3600 % 5 = 0"""
        )
        cursor.execute(
            f"""INSERT INTO coaching_quality_reviewdraw (id, interaction_id, reviewer_id, reviewee_id, method, reason, period,
                drawn_at, due_on, state, stratum, stratum_cases, inclusion, mode)
            {series} SELECT i, i, {reviewer}, {rep} + {person}, 'random', 'Drawn at random', 'W' || CAST({week} AS varchar(8)),
                {moment(f"7 * {week}")}, {day(f"7 * {week} + 7")}, CASE WHEN {done} THEN 'done' ELSE 'waiting' END,
                {stratum}, {cases}, {inclusion}, 'review' FROM n"""
        )
        cursor.execute(
            f"""INSERT INTO coaching_quality_review (id, draw_id, interaction_id, scorecard_version_id, reviewer_id, reviewee_id, state,
                score_raw, score_shown, applicable_weight, critical_failed, comment, started_at, saved_at, published_at,
                withdrawn_reason, mode, guide_revisions, review_seconds, paused_seconds)
            {series} SELECT i, i, i, {version.pk}, {reviewer}, {rep} + {person}, 'published', {quality}, {quality}, 100,
                CASE WHEN {fails} THEN '["{key}"]' ELSE '[]' END{json_type}, '',
                {moment(published)}, {moment(published)}, {moment(published)}, '', 'review', '{{}}'{json_type}, 480, 0 FROM n WHERE {done}"""
        )
        for number, (criterion, best, worst, critical) in enumerate(rated):
            missed = fails if critical else f"({h} / {32 + number} % 100 < 8 + {number} + 3 * ({stratum}))"
            cursor.execute(
                f"""INSERT INTO coaching_quality_rating (review_id, criterion_id, answer_id, is_na, comment)
                {series} SELECT i, {criterion}, CASE WHEN {missed} THEN {worst} ELSE {best} END, {false}, '' FROM n WHERE {done}"""
            )
        cursor.execute(
            f"""INSERT INTO coaching_quality_acknowledgement (review_id, person_id, at, comment)
            {series} SELECT i, {rep} + {person}, {moment(f"{published} + 1")}, '' FROM n WHERE {done} AND {h} / 8 % 10 > 0"""
        )
        if connection.vendor == "postgresql":
            for table in ("coaching_interactions_interaction", "coaching_quality_reviewdraw", "coaching_quality_review"):
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def second_readings() -> None:
    """The calibration sessions: two people who read the same conversations as a reviewer did, and mostly agree."""
    from coaching.quality.models import CalibrationParticipant, CalibrationSession, Criterion, Review, ScorecardVersion
    from people.models import Person, Role

    version = ScorecardVersion.objects.get()
    head = Person.objects.with_role(Role.HEAD).get()
    reviewers = list(Person.objects.with_role(Role.REVIEWER).order_by("pk"))
    ends = [
        (criterion.pk, [answer.pk for answer in criterion.answers.all()])
        for criterion in Criterion.objects.filter(section__version=version).prefetch_related("answers")
    ]
    now = datetime.now(UTC)
    for back in range(1, SESSION_WEEKS + 1):
        start = now - timedelta(weeks=back)
        reviews = Review.objects.filter(published_at__gte=start, published_at__lt=start + timedelta(weeks=1)).order_by("pk")
        found = list(reviews[: SESSIONS_A_WEEK * SESSION_CASES])
        for n in range(0, len(found), SESSION_CASES):
            session = CalibrationSession.objects.create(
                title=f"Week {back}, {n // SESSION_CASES + 1}",
                scorecard_version=version,
                state=CalibrationSession.State.CLOSED,
                facilitator=head,
                due_on=start.date(),
                created_at=start,
                opened_at=start,
                ended_at=start,
                resolved_at=start,
                closed_at=start,
            )
            readers = [reviewers[(back + n // SESSION_CASES + k) % len(reviewers)] for k in range(2)]
            CalibrationParticipant.objects.bulk_create(CalibrationParticipant(session=session, person=one) for one in readers)
            _read_again(session, found[n : n + SESSION_CASES], readers, ends)


def _read_again(session: Any, reviews: list[Any], readers: list[Any], ends: list[tuple[int, list[int]]]) -> None:
    from coaching.quality.models import BlindRating, BlindScoring, CalibrationItem

    items = CalibrationItem.objects.bulk_create(
        CalibrationItem(session=session, interaction_id=review.interaction_id, reviewee_id=review.reviewee_id, position=n)
        for n, review in enumerate(reviews, 1)
    )
    scorings = BlindScoring.objects.bulk_create(
        BlindScoring(
            item=item,
            interaction_id=item.interaction_id,
            scorecard_version=session.scorecard_version,
            scorer=reader,
            state=BlindScoring.State.SUBMITTED,
            saved_at=session.ended_at,
            submitted_at=session.ended_at,
        )
        for item in items
        for reader in readers
        if reader.pk != item.reviewee_id
    )
    BlindRating.objects.bulk_create(
        BlindRating(scoring=scoring, criterion_id=criterion, answer_id=answers[-1 if (scoring.pk * 7 + n * 3) % 10 == 0 else 0])
        for scoring in scorings
        for n, (criterion, answers) in enumerate(ends)
    )
