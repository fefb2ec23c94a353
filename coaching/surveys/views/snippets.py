"""Pages where head and administrators place a survey in other sites."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.surveys import access, links, queries, services
from coaching.surveys.forms import SnippetForm
from people.requests import PersonRequest

METHODS = ["GET", "HEAD", "POST"]


@require_safe
def snippet_list(request: PersonRequest, pk: int) -> HttpResponse:
    survey = access.get_survey_to_manage(request.user, pk)
    context = {"survey": survey, "section": "snippets", "snippets": queries.snippets_of(survey)}
    return render(request, "coaching/surveys/snippet_list.html", context)


@require_http_methods(METHODS)
def snippet_add(request: PersonRequest, pk: int) -> HttpResponse:
    survey = access.get_survey_to_manage(request.user, pk)
    form = SnippetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            snippet = services.add_snippet(
                actor=request.user,
                survey=survey,
                name=form.cleaned_data["name"],
                origins=form.origin_list(),
                now=timezone.now(),
            )
        except services.SurveyError as error:
            form.add_error("origins", str(error))
        else:
            messages.success(request, _("Made. Put the line below into the page."))
            return redirect("snippet_change", survey.pk, snippet.pk)
    return render(request, "coaching/surveys/snippet_form.html", {"survey": survey, "section": "snippets", "form": form})


@require_http_methods(METHODS)
def snippet_change(request: PersonRequest, pk: int, snippet_pk: int) -> HttpResponse:
    snippet = access.get_snippet_to_manage(request.user, pk, snippet_pk)
    initial = {"name": snippet.name, "origins": "\n".join(snippet.origins), "is_active": snippet.is_active}
    form = SnippetForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_snippet(
                actor=request.user,
                snippet=snippet,
                name=form.cleaned_data["name"],
                origins=form.origin_list(),
                is_active=form.cleaned_data["is_active"],
                now=timezone.now(),
            )
        except services.SurveyError as error:
            form.add_error("origins", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("snippet_change", snippet.survey_id, snippet.pk)
    context = {
        "survey": snippet.survey,
        "section": "snippets",
        "snippet": snippet,
        "form": form,
        "script": links.full_url("survey_snippet_js"),
        "frame": links.full_url("survey_frame", snippet.key),
        "origin": links.full_url("survey_snippet_js").removesuffix("/survey/snippet.js"),
        "secret": links.snippet_secret(snippet.key, snippet.secret_number),
    }
    return render(request, "coaching/surveys/snippet_form.html", context)


@require_POST
def snippet_renew_secret(request: PersonRequest, pk: int, snippet_pk: int) -> HttpResponse:
    snippet = access.get_snippet_to_manage(request.user, pk, snippet_pk)
    services.renew_secret(actor=request.user, snippet=snippet, now=timezone.now())
    messages.success(request, _("There is a new secret. What was signed with the one before is refused from now on."))
    return redirect("snippet_change", snippet.survey_id, snippet.pk)
