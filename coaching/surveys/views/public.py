"""What a customer opens from a mail. A GET shows, never stores: mail scanners follow every link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from coaching.surveys import queries, services
from coaching.surveys.models import Answer, SurveyText
from coaching.surveys.queries import Asked
from coaching.surveys.scales import Scale
from coaching.surveys.services.answering import CHANGEABLE
from coaching.surveys.views.pages import answer_page, notice, page_language, public, within_limits
from coaching.surveys.wording import words_in

METHODS = ["GET", "HEAD", "POST"]
STATUS_OF = {"expired": 410, "closed": 410, "frozen": 409, "invalid": 400}


@dataclass(frozen=True)
class Choice:
    """One button."""

    score: int
    label: str  # read out, and shown where there is room
    chosen: bool


def choices(scale: Scale, text: SurveyText, chosen: int | None) -> list[Choice]:
    """The buttons, with the words at both ends."""
    ends = {scale.low: text.low_label, scale.high: text.high_label}
    return [Choice(score, ends.get(score, ""), score == chosen) for score in scale.scores]


def question_context(scale: Scale, text: SurveyText, chosen: int | None) -> dict[str, Any]:
    """What `_question.html` needs."""
    score = chosen if chosen in scale.scores else None
    words = words_in(text.language)
    return {
        "choices": choices(scale, text, score),
        "chosen": score,
        "chosen_words": words["chosen"].format(score=score),
        "send_words": words["send_score"].format(score=score),
        "many": len(scale.scores) > 7,
    }


def thanks_context(scale: Scale, text: SurveyText, answer: Answer, now: Any) -> dict[str, Any]:
    """What `_thanks.html` needs."""
    score = int(answer.response.raw_value)
    words = words_in(text.language)
    return {
        "answer": answer,
        "comment": answer.response.comment,
        "choices": choices(scale, text, score),
        "many": len(scale.scores) > 7,
        "changeable": now < answer.given_at + CHANGEABLE,
        "your_answer": words["your_answer"].format(score=score, high=scale.high),
    }


def submitted(data: Mapping[str, str]) -> tuple[int | None, str | None]:
    """Score and comment of a form; None for what it did not hold."""
    score = data.get("score", "")
    return int(score) if score.isascii() and score.isdigit() and len(score) < 4 else None, data.get("comment")


@public
@require_http_methods(METHODS)
def survey_answer(request: HttpRequest, token: str, score: int | None = None) -> HttpResponse:
    """The question, its answer, the thank you."""
    asked = _find(request, token)
    if isinstance(asked, HttpResponse):
        return asked
    known = asked.invitation.language if asked.invitation else asked.test_language
    language = page_language(request, list(asked.texts), asked.survey.default_language, known)
    text = asked.texts[language]
    if request.method == "POST":
        return _store(request, token, asked, text)
    return _page(request, token, asked, text, score)


def _find(request: HttpRequest, token: str) -> Asked | HttpResponse:
    asked = queries.find_asked(token)
    if asked is not None and asked.texts:
        return asked
    if not within_limits(request, "survey_guess", token):
        return notice(request, "busy", status=429)
    return notice(request, "unknown", status=404)


def _page(
    request: HttpRequest, token: str, asked: Asked, text: SurveyText, score: int | None, *, error: str = "", status: int = 200
) -> HttpResponse:
    now, scale = timezone.now(), asked.survey.scale
    context: dict[str, Any] = {
        "token": token,
        "languages": [(code, words_in(code)["name"]) for code in asked.texts if code != text.language],
        "is_test": asked.invitation is None,
        "error": error,
    }
    if asked.answer is not None:
        context |= thanks_context(scale, text, asked.answer, now)
        return answer_page(request, "coaching/surveys/public/thanks.html", text, context, status=status)
    if asked.invitation is not None and (asked.invitation.expires_at is None or now >= asked.invitation.expires_at):
        return notice(request, "expired", status=410, language=text.language)
    context |= question_context(scale, text, score)
    return answer_page(request, "coaching/surveys/public/question.html", text, context, status=status)


def _store(request: HttpRequest, token: str, asked: Asked, text: SurveyText) -> HttpResponse:
    if not within_limits(request, "survey_write", token):
        return notice(request, "busy", status=429, language=text.language)
    score, comment = submitted(request.POST)
    here = f"{request.path}?lang={text.language}"
    if asked.invitation is None:
        return redirect(here)  # a colleague's test: nothing is stored
    try:
        services.answer_invitation(
            invitation=asked.invitation, score=score, comment=comment, language=text.language, now=timezone.now()
        )
    except services.AnswerRefused as refused:
        status = STATUS_OF[refused.reason]
        if refused.reason == "invalid":
            return _page(request, token, asked, text, score, error=words_in(text.language)["invalid"], status=status)
        return notice(request, refused.reason, status=status, language=text.language)
    response = redirect("survey_answer", token)
    response["Location"] += f"?lang={text.language}"
    return response


@public
@require_http_methods(METHODS)
def survey_stop(request: HttpRequest, token: str) -> HttpResponse:
    """“Do not ask me again”, asked once more; a mail program's own button sends the POST directly (RFC 8058)."""
    asked = _find(request, token)
    if isinstance(asked, HttpResponse):
        return asked
    known = asked.invitation.language if asked.invitation else asked.test_language
    text = asked.texts[page_language(request, list(asked.texts), asked.survey.default_language, known)]
    if request.method != "POST":
        return answer_page(request, "coaching/surveys/public/stop.html", text, {"token": token})
    if not within_limits(request, "survey_write", token):
        return notice(request, "busy", status=429, language=text.language)
    undo = request.POST.get("undo") == "1"
    if asked.invitation is not None:
        if undo:
            services.ask_again(invitation=asked.invitation)
        else:
            services.stop_asking(invitation=asked.invitation, now=timezone.now())
    return notice(request, "undone" if undo else "stopped", status=200, language=text.language, link="" if undo else token)
