"""The survey inside somebody else's page: a small script that opens a frame, and the frame.

The frame is a page of ours, so the host's page cannot read it and its content policy needs only two words:
`script-src` and `frame-src` for our origin. Ours lists the sites that may show it (`frame-ancestors`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.surveys import links, queries, services
from coaching.surveys.models import Answer, Snippet, SurveyText, SurveyVersion
from coaching.surveys.views.pages import answer_page, notice, page_language, public, within_limits
from coaching.surveys.views.public import STATUS_OF, question_context, submitted, thanks_context
from coaching.surveys.wording import words_in

CASE_FIELDS = ("source", "case", "expires", "signature")


@public
@require_safe
def survey_snippet_js(request: HttpRequest) -> HttpResponse:
    """The script for the host's page. The same for everybody: which snippet it opens stands in the page's script tag."""
    response = render(request, "coaching/surveys/snippet.js", content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@dataclass(frozen=True)
class Opened:
    """A snippet as one visitor has opened it."""

    snippet: Snippet
    version: SurveyVersion
    text: SurveyText
    case: tuple[str, str] | None
    query: dict[str, str]  # what every form of the frame sends again


@public
@require_http_methods(["GET", "HEAD", "POST"])
def survey_frame(request: HttpRequest, key: str) -> HttpResponse:
    """The question and the thank you, in the frame or, after a chat, as a page of its own."""
    opened = _open(request, key)
    if isinstance(opened, HttpResponse):
        return opened
    response = _store(request, opened) if request.method == "POST" else _question(request, opened)
    # Only these sites may frame it; everywhere else the browser shows nothing.
    response._csp_replace = {"frame-ancestors": list(opened.snippet.origins)}  # type: ignore[attr-defined]
    response.xframe_options_exempt = True  # type: ignore[attr-defined]
    return response


def _open(request: HttpRequest, key: str) -> Opened | HttpResponse:
    found = queries.find_snippet(key)
    if found is None:
        if not within_limits(request, "survey_guess", key):
            return notice(request, "busy", status=429)
        return notice(request, "closed", status=404)
    snippet, version = found
    offered = {text.language: text for text in queries.texts(version)}
    text = offered[page_language(request, list(offered), snippet.survey.default_language)]
    data = request.POST if request.method == "POST" else request.GET
    given = {name: data.get(name, "")[:200] for name in CASE_FIELDS}
    if not given["case"]:
        return Opened(snippet, version, text, None, {"lang": text.language})
    signed = links.case_is_signed(key=snippet.key, number=snippet.secret_number, now=timezone.now(), **given)
    if not signed:
        return notice(request, "unknown", status=403, language=text.language)
    return Opened(snippet, version, text, (given["source"], given["case"]), {"lang": text.language, **given})


def _question(request: HttpRequest, opened: Opened, *, error: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "snippet": opened.snippet,
        "hidden": {**opened.query, "form": links.new_form_key(opened.snippet.key)},
        "error": error,
        **question_context(opened.snippet.survey.scale, opened.text, None),
    }
    return answer_page(request, "coaching/surveys/public/frame_question.html", opened.text, context, status=status)


def _thanks(request: HttpRequest, opened: Opened, answer: Answer, form: str, *, said: bool) -> HttpResponse:
    context = {
        "snippet": opened.snippet,
        "hidden": {**opened.query, "form": form},
        "said": said,
        "again": f"{reverse('survey_frame', args=[opened.snippet.key])}?{urlencode(opened.query)}",
        **thanks_context(opened.snippet.survey.scale, opened.text, answer, timezone.now()),
    }
    return answer_page(request, "coaching/surveys/public/frame_thanks.html", opened.text, context)


def _store(request: HttpRequest, opened: Opened) -> HttpResponse:
    form = request.POST.get("form", "")
    form_key = links.read_form_key(opened.snippet.key, form)
    if form_key is None:
        return notice(request, "expired", status=410, language=opened.text.language)
    if not within_limits(request, "survey_write", form_key):
        return notice(request, "busy", status=429, language=opened.text.language)
    score, comment = submitted(request.POST)
    try:
        answer = services.answer_snippet(
            snippet=opened.snippet,
            version=opened.version,
            form_key=form_key,
            case=opened.case,
            score=score,
            comment=comment,
            language=opened.text.language,
            now=timezone.now(),
        )
    except services.AnswerRefused as refused:
        if refused.reason == "invalid":
            return _question(request, opened, error=words_in(opened.text.language)["invalid"], status=400)
        return notice(request, refused.reason, status=STATUS_OF[refused.reason], language=opened.text.language)
    answer.refresh_from_db()
    return _thanks(request, opened, answer, form, said=bool(comment))


@public
@require_POST
def survey_shown(request: HttpRequest, key: str) -> HttpResponse:
    """One opening more, without which there is no response rate. Counted per day, with nothing about the visitor."""
    found = queries.find_snippet(key)
    if found is None or not within_limits(request, "survey_shown", key):
        return HttpResponse(status=204)
    services.count_shown(snippet=found[0], day=timezone.localdate(timezone.now()))
    return HttpResponse(status=204)
