"""The helpers: how well the learner and the assistant do, what each reviewer wants of them, and switching them."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coaching.quality.services.errors import QualityError
from coaching.quality.suggestions import access, queries, services
from coaching.quality.suggestions.assistant import queries as assistant_queries
from coaching.quality.suggestions.assistant import services as assistant_services
from coaching.quality.suggestions.assistant.endpoint import endpoint
from coaching.quality.suggestions.forms import HelperChoicesForm
from coaching.quality.suggestions.learner.queries import learner_state
from coaching.quality.suggestions.learner.services import ask_for_training
from people.requests import PersonRequest


@login_required
@require_safe
def helper_list(request: PersonRequest) -> HttpResponse:
    access.can_read_helpers(request.user).or_403()
    return render(
        request,
        "coaching/quality/suggestions/helpers.html",
        {
            "learner": learner_state(),
            "scorecards": assistant_queries.scorecard_lines(),
            "endpoint": endpoint(),
            "may_run": access.can_run_helpers(request.user),
            "form": HelperChoicesForm(instance=queries.choices_of(request.user))
            if access.can_choose_helpers(request.user)
            else None,
            "section": "suggestions",
        },
    )


@login_required
@require_POST
def helpers_choose(request: PersonRequest) -> HttpResponse:
    access.can_choose_helpers(request.user).or_403()
    form = HelperChoicesForm(request.POST)
    if form.is_valid():
        services.choose_helpers(actor=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
    to = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(to)
    return redirect("helper_list")


@login_required
@require_POST
def learner_train(request: PersonRequest) -> HttpResponse:
    access.can_run_helpers(request.user).or_403()
    try:
        ask_for_training(actor=request.user, now=timezone.now())
        messages.success(request, _("The learner is being trained. It takes a minute or two; you can leave this page."))
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("helper_list")


@login_required
@require_safe
def assistant_detail(request: PersonRequest, pk: int) -> HttpResponse:
    access.can_read_helpers(request.user).or_403()
    version = access.get_version_to_help(pk)
    state = assistant_queries.assistant_state(version)
    shown = state.measured or state.trial
    return render(
        request,
        "coaching/quality/suggestions/assistant.html",
        {
            "version": version,
            "state": state,
            "shown": shown,
            "agreement": assistant_queries.trial_agreement(shown) if shown else [],
            "live": assistant_queries.live_agreement(version),
            "needed": assistant_queries.NEEDED,
            "may_run": access.can_run_helpers(request.user),
            "section": "suggestions",
        },
    )


@login_required
@require_POST
def assistant_measure(request: PersonRequest, pk: int) -> HttpResponse:
    return _run(
        request,
        pk,
        assistant_services.measure_assistant,
        _("Measuring. You can leave this page; reload it to see how far it is."),
    )


@login_required
@require_POST
def assistant_stop(request: PersonRequest, pk: int) -> HttpResponse:
    return _run(request, pk, assistant_services.stop_measuring, _("Stopped."))


@login_required
@require_POST
def assistant_turn_on(request: PersonRequest, pk: int) -> HttpResponse:
    access.can_run_helpers(request.user).or_403()
    version = access.get_version_to_help(pk)
    if request.POST.get("confirmed") != "yes":
        messages.error(request, _("Confirm that you have read how often it agrees with your reviewers."))
        return redirect("assistant_detail", version.pk)
    return _run(
        request, pk, assistant_services.turn_on_assistant, _("On: reviewers see proposals in reviews they begin from now on.")
    )


@login_required
@require_POST
def assistant_turn_off(request: PersonRequest, pk: int) -> HttpResponse:
    return _run(request, pk, assistant_services.turn_off_assistant, _("Off: nothing is proposed any more."))


def _run(request: PersonRequest, pk: int, verb: Callable[..., object], done: str) -> HttpResponse:
    access.can_run_helpers(request.user).or_403()
    version = access.get_version_to_help(pk)
    try:
        verb(actor=request.user, version=version, now=timezone.now())
        messages.success(request, done)
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("assistant_detail", version.pk)
