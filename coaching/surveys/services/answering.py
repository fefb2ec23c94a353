"""A customer answers: one response per link, per signed case, or per opening of a snippet.

Changing one's answer: the score and the comment may be changed for one hour after the score first came, never after;
the response keeps its first time, so it stays on its day. Every other answer to the same link is refused.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from coaching.interactions.models import ChangedDay, Handler, Interaction, Source, SurveyResponse
from coaching.metrics.tasks import recount_waiting_days
from coaching.surveys.models import Answer, Invitation, Snippet, Survey, SurveyVersion
from coaching.surveys.services.errors import AnswerRefused

CHANGEABLE = timedelta(hours=1)
OWN_SOURCE = "own-surveys"
COMMENT_LENGTH = 4000


def own_source() -> Source:
    """The source that our own responses carry, as an exporting system would."""
    return Source.objects.get_or_create(key=OWN_SOURCE, defaults={"name": "Own surveys"})[0]


@transaction.atomic
def answer_invitation(*, invitation: Invitation, score: int | None, comment: str | None, language: str, now: datetime) -> Answer:
    """Store or change the answer to a link. `score` None keeps the score and changes the comment; `comment` None keeps it.

    Raises AnswerRefused: expired, frozen (answered more than an hour ago), invalid (no such score, or none yet).
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("survey", "version").get(pk=invitation.pk)
    existing = _existing(
        invitation.survey, [interaction_key(invitation.survey, invitation.interaction_id)], invitation.interaction_id
    )
    if existing is not None:
        return _change(existing, invitation.survey, score, comment, now)
    if invitation.expires_at is None or now >= invitation.expires_at:
        raise AnswerRefused("expired")
    answer = _store(
        survey=invitation.survey,
        version=invitation.version,
        key=interaction_key(invitation.survey, invitation.interaction_id),
        interaction_id=invitation.interaction_id,
        score=score,
        comment=comment,
        language=language,
        now=now,
        invitation=invitation,
    )
    invitation.answered_at = now
    invitation.save(update_fields=["answered_at"])
    return answer


@transaction.atomic
def answer_snippet(
    *,
    snippet: Snippet,
    version: SurveyVersion,
    form_key: str,
    case: tuple[str, str] | None,
    score: int | None,
    comment: str | None,
    language: str,
    now: datetime,
) -> Answer:
    """Store or change an answer given in a snippet. `case` is (source, case) as the host's server signed it, or None.

    A signed case has one answer per survey, whatever snippet or mail it came by; without a case, one opening
    (`form_key`) has one. Raises AnswerRefused: closed, frozen, invalid.
    """
    survey = snippet.survey
    if not (snippet.is_active and survey.is_active):
        raise AnswerRefused("closed")
    source, interaction = _case(case)
    key = f"open-{form_key}" if case is None else case_key(survey, *case)
    keys = [key, interaction_key(survey, interaction.pk)] if interaction else [key]
    existing = _existing(survey, keys, interaction.pk if interaction else None)
    if existing is not None:
        return _change(existing, survey, score, comment, now)
    return _store(
        survey=survey,
        version=version,
        key=keys[-1],
        interaction_id=interaction.pk if interaction else None,
        score=score,
        comment=comment,
        language=language,
        now=now,
        snippet=snippet,
        case_source=source if case is not None and interaction is None else None,
        case_key=case[1] if case is not None and interaction is None else "",
    )


def interaction_key(survey: Survey, interaction_id: int) -> str:
    """The id of the one response of a survey about a case that is here, whichever way it is given: unique per source."""
    return f"case-{survey.pk}-{interaction_id}"


def case_key(survey: Survey, source: str, case: str) -> str:
    """The id of the one response about a signed case that is not here yet."""
    digest = hashlib.sha256(f"{source}\n{case}".encode()).hexdigest()
    return f"signed-{survey.pk}-{digest[:40]}"


def _case(case: tuple[str, str] | None) -> tuple[Source | None, Interaction | None]:
    if case is None:
        return None, None
    source = Source.objects.filter(key=case[0]).first()
    if source is None:
        raise AnswerRefused("invalid")
    return source, Interaction.objects.filter(source=source, external_id=case[1]).first()


def _existing(survey: Survey, keys: list[str], interaction_id: int | None) -> Answer | None:
    """The answer given already, by one of these ids, or about this case while it was not here yet."""
    answers = Answer.objects.filter(survey=survey)
    found = answers.filter(response__source__key=OWN_SOURCE, response__external_id__in=keys).first()
    if found is None and interaction_id is not None:
        found = answers.filter(response__interaction_id=interaction_id).first()
    return found


def _store(
    *,
    survey: Survey,
    version: SurveyVersion,
    key: str,
    interaction_id: int | None,
    score: int | None,
    comment: str | None,
    language: str,
    now: datetime,
    invitation: Invitation | None = None,
    snippet: Snippet | None = None,
    case_source: Source | None = None,
    case_key: str = "",
) -> Answer:
    if score is None or score not in survey.scale.scores:
        raise AnswerRefused("invalid")
    handler = handler_of(interaction_id)
    try:
        with transaction.atomic():
            response = SurveyResponse.objects.create(
                source=own_source(),
                external_id=key,
                kind=survey.kind,
                case_key=case_key,
                interaction_id=interaction_id,
                handler=handler,
                raw_value=Decimal(score),
                scale_min=Decimal(survey.scale.low),
                scale_max=Decimal(survey.scale.high),
                polarity=survey.scale.polarity(score),
                comment=_tidy(comment or ""),
                responded_at=now,
                responded_on=day_for(handler, now),
            )
            answer = Answer.objects.create(
                response=response,
                survey=survey,
                version=version,
                invitation=invitation,
                snippet=snippet,
                case_source=case_source,
                language=language,
                given_at=now,
                changed_at=now,
            )
    except IntegrityError:
        # The same answer was being stored at the same moment: whoever comes second changes it.
        first = Answer.objects.get(survey=survey, response__source__key=OWN_SOURCE, response__external_id=key)
        return _change(first, survey, score, comment, now)
    mark(response)
    return answer


def _change(answer: Answer, survey: Survey, score: int | None, comment: str | None, now: datetime) -> Answer:
    # Held: whoever matches its handler to a person meanwhile moves it to another day.
    response, changed = SurveyResponse.objects.select_for_update().get(pk=answer.pk), []
    if now >= answer.given_at + CHANGEABLE:
        raise AnswerRefused("frozen")
    if score is not None and score != int(response.raw_value):
        if score not in survey.scale.scores:
            raise AnswerRefused("invalid")
        response.raw_value, response.polarity = Decimal(score), survey.scale.polarity(score)
        changed += ["raw_value", "polarity"]
    if comment is not None and _tidy(comment) != response.comment:
        response.comment = _tidy(comment)
        changed.append("comment")
    if changed:
        response.save(update_fields=changed)
        answer.changed_at = now
        answer.save(update_fields=["changed_at"])
        mark(response)
    return answer


def _tidy(comment: str) -> str:
    return comment.replace("\x00", "").strip()[:COMMENT_LENGTH]


def handler_of(interaction_id: int | None) -> Handler | None:
    """Who the case counts for now. Held until the answer is stored: matching them to a person waits, so that no day is missed."""
    if interaction_id is None:
        return None
    handler_id = Interaction.objects.filter(pk=interaction_id).values_list("handler_id", flat=True).first()
    if handler_id is None:
        return None
    return Handler.objects.select_for_update(of=("self",), no_key=True).select_related("person").get(pk=handler_id)


def day_for(handler: Handler | None, moment: datetime) -> date:
    """The calendar day in the zone of whom it counts for; the organisation's where that is nobody."""
    zone = handler.person.time_zone if handler is not None and handler.person is not None else settings.TIME_ZONE
    return timezone.localdate(moment, ZoneInfo(zone))


def mark(response: SurveyResponse) -> None:
    """Have the day counted again, by a worker after the commit."""
    handler = response.handler
    if handler is None or handler.person_id is None:
        return
    ChangedDay.objects.bulk_create([ChangedDay(person_id=handler.person_id, day=response.responded_on)], ignore_conflicts=True)
    transaction.on_commit(recount_waiting_days.enqueue)
