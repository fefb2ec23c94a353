"""The editors' pages: what learners say of modules. What a learner says is sent from the pages of learning.assignments."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learning.feedback import access, queries, services
from learning.feedback.forms import AnswerForm, FeedbackFilter, ModuleSearch
from learning.feedback.models import ModuleFeedback
from people.requests import PersonRequest

PAGE_SIZE = 25


@require_safe
def feedback_list(request: PersonRequest) -> HttpResponse:
    """All modules of which anything was said."""
    access.can_read_feedback(request.user).or_403()
    form = ModuleSearch(request.GET)
    form.is_valid()
    modules = queries.modules_with_feedback(request.user, search=form.cleaned_data.get("q", ""))
    page = Paginator(modules, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": queries.feedback_rows(page)}
    return render(request, "learning/feedback/list.html", context)


@require_safe
def module_feedback(request: PersonRequest, pk: int) -> HttpResponse:
    """What was said of one module, by version and in words."""
    module = access.get_module_with_feedback_for(request.user, pk)
    form = FeedbackFilter(request.GET)
    form.is_valid()
    said = queries.said_of(module, request.user, show=form.cleaned_data.get("show", ""))
    context = {
        "module": module,
        "form": form,
        "whole": queries.helped_by_module([module.pk]).get(module.pk, queries.Helped()),
        "versions": queries.helped_by_version(module),
        "page": Paginator(said, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "learning/feedback/module.html", context)


@require_POST
def mark_feedback_read(request: PersonRequest, pk: int) -> HttpResponse:
    feedback = access.get_feedback_for(request.user, pk)
    services.mark_read(actor=request.user, feedback=feedback, now=timezone.now())
    return _back(request, feedback)


@require_POST
def answer_feedback(request: PersonRequest, pk: int) -> HttpResponse:
    feedback = access.get_feedback_for(request.user, pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        services.answer_feedback(actor=request.user, feedback=feedback, answer=form.cleaned_data["answer"], now=timezone.now())
        messages.success(request, _("Answered. %(name)s reads it on the page of the module.") % {"name": feedback.person})
    else:
        messages.error(request, _("Write an answer of at most a thousand characters; whoever said it reads it."))
    return _back(request, feedback)


def _back(request: PersonRequest, feedback: ModuleFeedback) -> HttpResponseRedirect:
    return redirect(f"{reverse('module_feedback', args=[feedback.module_id])}#said-{feedback.pk}")
