"""Pages under /metrics/imports/people/: who are they?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from coaching.interactions.matching import touched_by
from coaching.metrics.matching import access, queries, services
from coaching.metrics.matching.forms import ChosenPersonForm, chosen_pairs
from coaching.metrics.matching.suggestions import suggest
from foundation.templatetags.ui import number
from people.requests import PersonRequest

PER_PAGE = 50
LISTS = {
    "waiting": queries.waiting_handlers,
    "ignored": queries.ignored_handlers,
    "matched": queries.matched_handlers,
}


@login_required
@require_safe
def match_queue(request: PersonRequest) -> HttpResponse:
    """Handlers without a person, with a suggestion each; those set aside; those matched by hand."""
    access.can_read_queue(request.user).or_403()
    handlers = access.handlers_visible_to(request.user)
    shown = request.GET.get("list", "")
    shown = shown if shown in LISTS else "waiting"
    text = request.GET.get("q", "").strip()[:100]
    chosen = queries.search(LISTS[shown](handlers), text)
    rows: list[Any] = list(chosen) if shown == "matched" else list(queries.with_counts(chosen))
    page: Page[Any] = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    if shown == "waiting":
        queries.with_suggestions(page)
    elif shown == "matched":
        page.object_list = sorted(queries.with_counts(page), key=lambda row: row.handler.matched_at, reverse=True)
    context = {
        "page": page,
        "shown": shown,
        "text": text,
        "may_match": bool(access.can_match(request.user)),
        "counts": {name: LISTS[name](handlers).count() for name in LISTS},
        "has_sure": shown == "waiting" and any(row.suggestion.only for row in page),
    }
    return render(request, "coaching/metrics/matching/queue.html", context)


@login_required
@require_safe
def match_handler(request: PersonRequest, pk: int) -> HttpResponse:
    """One handler: what hangs on it, who it may be, and a search for somebody else."""
    handler = access.get_handler_for(request.user, pk)
    text = request.GET.get("q", "").strip()[:100]
    found = queries.find_people(text)
    suggestion = suggest([handler])[handler.pk]
    context = {
        "handler": handler,
        "touched": touched_by(handler),
        "suggestion": suggestion,
        "text": text,
        "found": found,
        "namesakes": queries.namesakes([*found, *(candidate.person for candidate in suggestion.candidates)]),
        "may_match": bool(access.can_match(request.user)),
    }
    return render(request, "coaching/metrics/matching/handler.html", context)


def _counts_now(cases: int) -> str:
    return ngettext("%(n)s case counts now.", "%(n)s cases count now.", cases) % {"n": number(cases)}


@login_required
@require_POST
def match_decide(request: PersonRequest, pk: int) -> HttpResponse:
    """This handler is that person."""
    handler = access.get_handler_to_match(request.user, pk)
    form = ChosenPersonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose who it is first."))
        return redirect("match_handler", handler.pk)
    person = form.cleaned_data["person"]
    try:
        touched = services.match(actor=request.user, handler=handler, person=person, now=timezone.now())
    except services.MatchError as refusal:
        messages.error(request, str(refusal))
        return redirect("match_handler", handler.pk)
    done = _("%(handler)s is %(person)s.") % {"handler": handler.name or handler.external_key, "person": person}
    messages.success(request, f"{done} {_counts_now(touched.cases)} {_('The figures follow in a moment.')}")
    return redirect("match_queue")


@login_required
@require_POST
def match_confirm(request: PersonRequest) -> HttpResponse:
    """Confirm the ticked suggestions."""
    access.can_match(request.user).or_403()
    pairs = chosen_pairs(request.POST.getlist("pair"))
    handlers = access.handlers_visible_to(request.user).in_bulk([handler for handler, _person in pairs])
    people = access.people_to_match().in_bulk([person for _handler, person in pairs])
    known = [(handlers[h], people[p]) for h, p in pairs if h in handlers and p in people]
    if not known:
        messages.error(request, _("Tick the suggestions that are right first."))
        return redirect("match_queue")
    matched, cases, refused = services.confirm_suggestions(actor=request.user, pairs=known, now=timezone.now())
    if matched:
        done = ngettext("%(n)s handler is matched.", "%(n)s handlers are matched.", matched) % {"n": matched}
        messages.success(request, f"{done} {_counts_now(cases)} {_('The figures follow in a moment.')}")
    for reason in refused:
        messages.warning(request, reason)
    return redirect("match_queue")


@login_required
@require_POST
def match_undo(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a match back."""
    handler = access.get_handler_to_match(request.user, pk)
    try:
        services.take_back(actor=request.user, handler=handler, now=timezone.now())
    except services.MatchError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The match is taken back. The cases count for nobody until it is known who it is."))
    return redirect("match_handler", handler.pk)


@login_required
@require_POST
def match_ignore(request: PersonRequest, pk: int) -> HttpResponse:
    """None of our people."""
    handler = access.get_handler_to_match(request.user, pk)
    try:
        services.ignore_handler(actor=request.user, handler=handler, now=timezone.now())
    except services.MatchError as refusal:
        messages.error(request, str(refusal))
    else:
        name = handler.name or handler.external_key
        messages.success(request, _("%(name)s is set aside, under “Not our people”. The cases are kept.") % {"name": name})
    return redirect("match_queue")


@login_required
@require_POST
def match_look_again(request: PersonRequest, pk: int) -> HttpResponse:
    """Back into the queue."""
    handler = access.get_handler_to_match(request.user, pk)
    services.look_at_handler_again(actor=request.user, handler=handler, now=timezone.now())
    messages.success(request, _("%(name)s waits in the queue again.") % {"name": handler.name or handler.external_key})
    return redirect("match_queue")
