"""Pages where head and administrators make surveys, word them and set their rules."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.surveys import access, asking, queries, services
from coaching.surveys.forms import LanguageForm, RulesForm, SurveyForm, TextForm
from coaching.surveys.models import Survey
from coaching.surveys.views.public import question_context
from coaching.surveys.wording import LANGUAGES, starter_text, words_in
from people.requests import PersonRequest

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
def survey_create(request: PersonRequest) -> HttpResponse:
    access.can_manage_surveys(request.user).or_403()
    form = SurveyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind, high = form.kind_and_high()
        try:
            survey = services.create_survey(
                actor=request.user,
                name=form.cleaned_data["name"],
                kind=kind,
                scale_high=high,
                languages=form.cleaned_data["languages"],
                now=timezone.now(),
            )
        except services.SurveyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Made. It asks nobody yet: look at its words, then at its rules, then start it."))
            return redirect("survey_words", survey.pk)
    return render(request, "coaching/surveys/survey_create.html", {"form": form})


@require_POST
def survey_start(request: PersonRequest, pk: int) -> HttpResponse:
    survey = access.get_survey_to_manage(request.user, pk)
    services.start_survey(actor=request.user, survey=survey, now=timezone.now())
    messages.success(request, _("It asks from now on."))
    return redirect("survey_detail", survey.pk)


@require_POST
def survey_pause(request: PersonRequest, pk: int) -> HttpResponse:
    survey = access.get_survey_to_manage(request.user, pk)
    services.pause_survey(actor=request.user, survey=survey, now=timezone.now())
    messages.success(
        request, _("Paused: nobody new is asked, and snippets show nothing. Links that are out can still be answered.")
    )
    return redirect("survey_detail", survey.pk)


@require_http_methods(METHODS)
def survey_rules(request: PersonRequest, pk: int) -> HttpResponse:
    """The rules, with how many they would have asked last week: tried before they are saved."""
    survey = access.get_survey_to_manage(request.user, pk)
    form = RulesForm(request.POST or None, instance=survey, offered=queries.offered_languages(survey))
    tried = False
    if request.method == "POST" and form.is_valid():
        tried = "try" in request.POST
        if not tried:
            try:
                services.change_rules(actor=request.user, survey=survey, rules=form.rules(), now=timezone.now())
            except services.SurveyError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Saved. Who waits in the queue already is still asked."))
                return redirect("survey_rules", survey.pk)
    preview = None
    if request.method != "POST" or form.is_valid():
        rules = form.instance if request.method == "POST" else survey
        preview = asking.preview(rules, zone=rules.time_zone, now=timezone.now())
    context = {
        "survey": survey,
        "section": "rules",
        "form": form,
        "preview": preview,
        "tried": tried,
        # Numbers of cases are the whole organisation's: an administrator reads none.
        "shows_reasons": bool(access.can_read_everything(request.user)),
    }
    return render(request, "coaching/surveys/survey_rules.html", context)


@require_safe
def survey_words(request: PersonRequest, pk: int) -> HttpResponse:
    """The words in all languages, and their earlier versions."""
    survey = access.get_survey_to_manage(request.user, pk)
    offered = queries.offered_languages(survey)
    version = queries.latest_version(survey)
    context = {
        "survey": survey,
        "section": "words",
        "texts": [(text, words_in(text.language)["name"]) for text in (queries.texts(version) if version else [])],
        "versions": queries.versions(survey),
        "form": LanguageForm(offered=offered) if set(LANGUAGES) - set(offered) else None,
    }
    return render(request, "coaching/surveys/survey_words.html", context)


@require_POST
def survey_language_add(request: PersonRequest, pk: int) -> HttpResponse:
    survey = access.get_survey_to_manage(request.user, pk)
    form = LanguageForm(request.POST, offered=queries.offered_languages(survey))
    if not form.is_valid():
        messages.error(request, _("Choose a language that is not offered yet."))
        return redirect("survey_words", survey.pk)
    language = form.cleaned_data["language"]
    services.reword(
        actor=request.user, survey=survey, language=language, words=starter_text(survey.kind, language), now=timezone.now()
    )
    messages.success(request, _("Added, with a first wording. Change it as you like."))
    return redirect("survey_reword", survey.pk, language)


@require_http_methods(METHODS)
def survey_reword(request: PersonRequest, pk: int, language: str) -> HttpResponse:
    """The words of one language beside the page that customers see; the preview follows while one types."""
    survey = access.get_survey_to_manage(request.user, pk)
    version = queries.latest_version(survey)
    text = queries.text_in(version, language) if version else None
    if version is None or text is None:
        raise Http404
    form = TextForm(request.POST or None, instance=text, language=language)
    valid = request.method == "POST" and form.is_valid()
    if valid and "look" not in request.POST:
        try:
            after = services.reword(actor=request.user, survey=survey, language=language, words=form.words(), now=timezone.now())
        except services.SurveyError as error:
            form.add_error(None, str(error))
        else:
            said = _("Saved as version %(n)s.") % {"n": after.number} if after != version else _("Nothing was changed.")
            messages.success(request, said)
            return redirect("survey_reword", survey.pk, language)
    return render(request, "coaching/surveys/survey_reword.html", _reword_context(survey, form, language))


def _reword_context(survey: Survey, form: TextForm, language: str) -> dict[str, object]:
    text = form.instance  # as typed, where the form was sent
    return {
        "survey": survey,
        "section": "words",
        "form": form,
        "text": text,
        "language": language,
        "language_name": words_in(language)["name"],
        "words": words_in(language),
        "can_remove": language != survey.default_language,
        **question_context(survey.scale, text, None),
    }


@require_POST
def survey_language_remove(request: PersonRequest, pk: int, language: str) -> HttpResponse:
    survey = access.get_survey_to_manage(request.user, pk)
    try:
        services.remove_language(actor=request.user, survey=survey, language=language, now=timezone.now())
    except services.SurveyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("This language is offered no more. Earlier versions keep its words."))
    return redirect("survey_words", survey.pk)


@require_POST
def survey_send_test(request: PersonRequest, pk: int, language: str) -> HttpResponse:
    survey = access.get_survey_to_manage(request.user, pk)
    try:
        services.send_test(actor=request.user, survey=survey, language=language, now=timezone.now())
    except services.SurveyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("On its way to %(address)s. Its links store nothing.") % {"address": request.user.email})
    return redirect("survey_words", survey.pk)
