"""Reads of surveys, ready for a screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from coaching.surveys import access, links
from coaching.surveys.figures import Rate, Score, score_of
from coaching.surveys.models import Answer, DoNotAsk, Invitation, Snippet, SnippetDay, Survey, SurveyText, SurveyVersion
from people.models import Person

State = Invitation.State


@dataclass(frozen=True)
class Window:
    """From `start` up to, not including, `end`."""

    start: datetime
    end: datetime
    days: int


def window(days: int, now: datetime) -> Window:
    return Window(now - timedelta(days=days), now, days)


@dataclass(frozen=True)
class Bar:
    """How often one score was given."""

    score: int
    n: int
    share: float
    polarity: int


@dataclass(frozen=True)
class Results:
    """What a survey brought in a window, as far as the reader may know."""

    score: Score
    bars: list[Bar]
    mail: Rate
    snippets: Rate
    by_snippet: int


def results(survey: Survey, viewer: Person, period: Window, on: date) -> Results:
    """Score, distribution and response rates. Mails count in the window they were sent in, answers in that they came in.

    A snippet's openings belong to nobody, so only who reads the whole sees them.
    """
    answers = answered_in(access.answers_visible_to(viewer, survey, on), period)
    counted = answers.order_by().values_list("response__raw_value").annotate(n=Count("pk"))
    counts = {int(value): n for value, n in counted}
    n = sum(counts.values())
    bars = [
        Bar(score, counts.get(score, 0), counts.get(score, 0) / n if n else 0.0, survey.scale.polarity(score))
        for score in survey.scale.scores
    ]
    by_snippet = answers.filter(snippet__isnull=False).count()
    shown = 0
    if access.can_read_everything(viewer):
        days = SnippetDay.objects.filter(snippet__survey=survey, day__gte=period.start.date(), day__lte=period.end.date())
        shown = days.aggregate(total=Sum("shown"))["total"] or 0
    # An opening is counted by a script; where that does not run, the answer itself is the opening.
    snippets = Rate(by_snippet, max(shown, by_snippet)) if shown else Rate(0, 0)
    return Results(
        score_of(survey.kind, survey.scale, counts),
        bars,
        mail_rate(access.invitations_visible_to(viewer, survey, on), period),
        snippets,
        by_snippet,
    )


def mail_rate(invitations: QuerySet[Invitation], period: Window) -> Rate:
    """Of the mails sent in the window, how many were answered since."""
    counted = invitations.filter(state=State.SENT, sent_at__gte=period.start, sent_at__lt=period.end).aggregate(
        asked=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False))
    )
    return Rate(counted["answered"], counted["asked"])


def response_rates(viewer: Person, period: Window, on: date) -> list[tuple[Survey, Rate]]:
    """Each survey that asked somebody by mail in the window, with how many answered, as far as the reader may know; two queries."""
    if not access.can_read_results(viewer):
        return []
    surveys = access.surveys_visible_to(viewer).order_by("name", "pk")
    sent = Q(state=State.SENT, sent_at__gte=period.start, sent_at__lt=period.end)
    counted = (
        access.invitations_of_visible(viewer, on)
        .filter(sent)
        .order_by()
        .values_list("survey")
        .annotate(asked=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)))
    )
    rates = {survey_id: Rate(answered, asked) for survey_id, asked, answered in counted}
    return [(survey, rates[survey.pk]) for survey in surveys if survey.pk in rates]


def answered_in(answers: QuerySet[Answer], period: Window) -> QuerySet[Answer]:
    return answers.filter(given_at__gte=period.start, given_at__lt=period.end)


def comments(survey: Survey, viewer: Person, period: Window, on: date) -> QuerySet[Answer]:
    """Answers with words, newest first."""
    answers = answered_in(access.answers_visible_to(viewer, survey, on), period)
    return answers.exclude(response__comment="").select_related("response__interaction").order_by("-given_at", "-pk")


def export_rows(survey: Survey, viewer: Person, period: Window, on: date) -> Iterator[list[object]]:
    """One row per answer: time, score, comment, case, language, version, way. No names of reps, no addresses."""
    answers = answered_in(access.answers_visible_to(viewer, survey, on), period)
    for answer in answers.select_related("response__interaction", "version", "snippet").order_by("given_at", "pk").iterator(500):
        response = answer.response
        yield [
            answer.given_at.isoformat(timespec="seconds"),
            int(response.raw_value),
            response.masked_comment,
            response.interaction.external_id if response.interaction else response.case_key,
            answer.language,
            answer.version.number,
            answer.snippet.name if answer.snippet else "e-mail",
        ]


@dataclass(frozen=True)
class SurveyRow:
    """A survey in the list; figures are None for who does not read them."""

    survey: Survey
    languages: list[str]
    results: Results | None


def survey_rows(viewer: Person, surveys: list[Survey], period: Window, on: date) -> list[SurveyRow]:
    reads = bool(access.can_read_results(viewer))
    return [
        SurveyRow(survey, offered_languages(survey), results(survey, viewer, period, on) if reads else None) for survey in surveys
    ]


def offered_languages(survey: Survey) -> list[str]:
    return list(SurveyText.objects.filter(version=latest_version(survey)).values_list("language", flat=True))


def latest_version(survey: Survey) -> SurveyVersion | None:
    return SurveyVersion.objects.filter(survey=survey).order_by("-number").first()


def versions(survey: Survey) -> QuerySet[SurveyVersion]:
    return SurveyVersion.objects.filter(survey=survey).select_related("created_by").order_by("-number")


def text_in(version: SurveyVersion, language: str) -> SurveyText | None:
    return SurveyText.objects.filter(version=version, language=language).first()


def texts(version: SurveyVersion) -> list[SurveyText]:
    return list(SurveyText.objects.filter(version=version))


@dataclass(frozen=True)
class Queue:
    """What lies in the queue of a survey, and how the asking went so far."""

    waiting: int
    given_up: int
    said_no: int


def queue_of(survey: Survey) -> Queue:
    counted = Invitation.objects.filter(survey=survey).aggregate(
        waiting=Count("pk", filter=Q(state__in=[State.QUEUED, State.SENDING])),
        given_up=Count("pk", filter=Q(state=State.FAILED)),
    )
    return Queue(counted["waiting"], counted["given_up"], DoNotAsk.objects.count())


def snippets_of(survey: Survey) -> QuerySet[Snippet]:
    return Snippet.objects.filter(survey=survey)


# --- The customers' pages -------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What a link leads to: an invitation, or a colleague's test (then `invitation` is None)."""

    version: SurveyVersion
    texts: dict[str, SurveyText]
    invitation: Invitation | None = None
    answer: Answer | None = None
    test_language: str = ""

    @property
    def survey(self) -> Survey:
        return self.version.survey


def find_asked(token: str) -> Asked | None:
    """The question behind a link; None for a link that is not ours or leads to nothing any more."""
    public_id = links.read_invitation_token(token)
    if public_id is None:
        return _find_test(token)
    invitation = Invitation.objects.select_related("version__survey").filter(public_id=public_id).first()
    if invitation is None:
        return None
    answer = find_answer(invitation.version.survey, invitation.interaction_id)
    return Asked(invitation.version, {text.language: text for text in texts(invitation.version)}, invitation, answer)


def _find_test(token: str) -> Asked | None:
    link = links.read_test_token(token)
    version = SurveyVersion.objects.select_related("survey").filter(pk=link.version_id).first() if link else None
    if link is None or version is None:
        return None
    return Asked(version, {text.language: text for text in texts(version)}, test_language=link.language)


def find_answer(survey: Survey, interaction_id: int) -> Answer | None:
    return Answer.objects.select_related("response").filter(survey=survey, response__interaction_id=interaction_id).first()


def find_snippet(key: str) -> tuple[Snippet, SurveyVersion] | None:
    """An active snippet of an active survey with the words in force; None otherwise."""
    snippet = Snippet.objects.select_related("survey").filter(key=key, is_active=True, survey__is_active=True).first()
    version = latest_version(snippet.survey) if snippet else None
    return (snippet, version) if snippet and version else None
