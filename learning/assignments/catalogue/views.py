"""The learner's own page, the catalogue, and the page of a module with what one says of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learning.assignments import access, queries
from learning.assignments.catalogue import queries as reads
from learning.assignments.catalogue import services
from learning.assignments.catalogue.forms import CatalogueFilter, FeedbackForm, YearFilter
from learning.assignments.hours import hours_by_year
from learning.assignments.services import AssignmentError
from learning.assignments.suggesting import suggestions_for
from learning.feedback.access import can_read_feedback
from learning.feedback.queries import new_answers, own_feedback
from learning.feedback.services import give_feedback, take_back_feedback
from learning.modules.access import can_edit_modules, can_read_module_with_answers, get_module_for
from learning.modules.content import from_revision
from learning.modules.languages import language_choices
from learning.modules.models import Module
from learning.modules.queries import certificate_promised, languages_used, standards_taught, tags_used
from learning.modules.translations import in_other_languages
from people.requests import PersonRequest

PAGE_SIZE = 12
MOST_PAST = 100


@require_safe
def learn_home(request: PersonRequest) -> HttpResponse:
    """What I have to learn, where I go on, what is recommended to me, and what I have learnt."""
    now = timezone.now()
    progress = queries.open_assignments_for(request.user, now)
    hours = hours_by_year(request.user)
    form = YearFilter(request.GET, years=[row.year for row in hours])
    form.is_valid()
    year = form.cleaned_data.get("year")
    page = Paginator(reads.learnt_by(request.user, year), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "started": [row for row in progress if row.attempt],
        "waiting": [row for row in progress if not row.attempt],
        "overdue_count": sum(row.overdue for row in progress),
        "minutes_left": sum(row.minutes_left for row in progress),
        "suggestions": suggestions_for(request.user, now),
        "answers": list(new_answers(request.user, now)[:PAGE_SIZE]),
        "form": form,
        "year": year,
        "completions": page,
        "learnt": reads.with_certificates(page),
        "past_trainings": list(reads.trainings_of(request.user, year)[:MOST_PAST]),
        "hours": hours,
        "modules_learnt": sum(row.modules for row in hours),
        "seconds_learnt": sum(row.seconds for row in hours),
        "can_see_team": access.can_see_team(request.user),
    }
    return render(request, "learning/assignments/home.html", context)


@require_safe
def learn_catalogue(request: PersonRequest) -> HttpResponse:
    form = CatalogueFilter(
        request.GET,
        standards=standards_taught(request.user).values_list("key", "title"),
        tags=tags_used(request.user).values_list("slug", "name"),
        languages=[(language.code, language.name) for language in languages_used(request.user)],
    )
    form.is_valid()
    wish = {name: value for name, value in form.cleaned_data.items() if name != "q"}
    search = form.cleaned_data.get("q", "")
    page = Paginator(reads.find_modules(request.user, search=search, **wish), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": reads.module_rows(request.user, page, search),
        "can_import": can_edit_modules(request.user),
    }
    return render(request, "learning/assignments/catalogue.html", context)


@require_safe
def module_detail(request: PersonRequest, pk: int) -> HttpResponse:
    module = get_module_for(request.user, pk)
    context = {
        "module": module,
        "content": from_revision(module.live_revision) if module.live_revision else None,
        "mine": queries.states_of_modules(request.user, [module.pk]).get(module.pk),
        "before": queries.prerequisites_of(request.user, module),
        "also_in": in_other_languages(module, request.user),
        "promise": certificate_promised(module),
        "said": own_feedback(request.user, module),
        "can_say": reads.last_completion(request.user, module) is not None,
        "can_assign": access.can_assign(request.user),
        "can_choose_change_teams": access.can_choose_change_teams(request.user),
        "can_read_answers": can_read_module_with_answers(request.user),
        "can_read_feedback": can_read_feedback(request.user),
        "languages": language_choices() if can_edit_modules(request.user) else None,
    }
    return render(request, "learning/assignments/module_detail.html", context)


@require_POST
def choose_module(request: PersonRequest, pk: int) -> HttpResponse:
    module = get_module_for(request.user, pk)
    try:
        assignment = services.choose_module(actor=request.user, module=module, now=timezone.now())
    except AssignmentError as error:
        messages.error(request, str(error))
        return redirect("module_detail", pk)
    if assignment.module_id != module.pk:
        words = _("You have begun it in another language, as “%(module)s”. Go on there; it counts as this one too.")
        messages.info(request, words % {"module": assignment.module})
    return redirect("assignment_detail", assignment.pk)


@require_POST
def say_helped(request: PersonRequest, pk: int) -> HttpResponse:
    """One tap: it helped, or it did not; with a sentence where there is one."""
    module = get_module_for(request.user, pk)
    completion = access.get_own_completion_of(request.user, module)
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That could not be saved. A sentence has at most a thousand characters."))
        return _to_feedback(module)
    give_feedback(
        actor=request.user,
        module=module,
        revision=completion.revision,
        content_digest=completion.content_digest,
        helped=form.cleaned_data["helped"],
        comment=form.cleaned_data["comment"] if "comment" in request.POST else None,
        now=timezone.now(),
    )
    messages.success(request, _("Thank you. The editors of this module read it."))
    return _to_feedback(module)


@require_POST
def take_back_helped(request: PersonRequest, pk: int) -> HttpResponse:
    module = get_module_for(request.user, pk)
    if take_back_feedback(actor=request.user, module=module, now=timezone.now()):
        messages.success(request, _("Taken back. Nothing of it is kept."))
    return _to_feedback(module)


def _to_feedback(module: Module) -> HttpResponseRedirect:
    return redirect(f"{reverse('module_detail', args=[module.pk])}#feedback")
