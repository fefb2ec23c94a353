"""Pages under /learn/statements/."""

import json

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learning.statements import access, queries, services
from learning.statements.forms import OutboxFilter, StoreForm, TurnOnForm
from people.requests import PersonRequest

PER_PAGE = 25
FORM_AND_SAFE = ["GET", "HEAD", "POST"]


@require_safe
def record_store(request: PersonRequest) -> HttpResponse:
    """How telling the store goes, and the outbox."""
    access.can_keep_store(request.user).or_403()
    form = OutboxFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    page = Paginator(queries.outbox(request.user, state), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "store": queries.find_store(),
        "counts": queries.counts(),
        "form": form,
        "state": state,
        "page": page,
        "now": timezone.now(),
    }
    return render(request, "learning/statements/store.html", context)


@sensitive_post_parameters("password")
@require_http_methods(FORM_AND_SAFE)
def record_store_change(request: PersonRequest) -> HttpResponse:
    """Name the store, or change where it is and how one gets in."""
    access.can_keep_store(request.user).or_403()
    store = queries.find_store()
    form = StoreForm(request.POST or None, store=store)
    if request.method == "POST" and form.is_valid():
        try:
            services.name_store(actor=request.user, now=timezone.now(), **form.cleaned_data)
        except services.StoreError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. Send a test statement to see whether it works."))
            return redirect("record_store")
    return render(request, "learning/statements/form.html", {"form": form, "store": store})


@require_http_methods(FORM_AND_SAFE)
def record_store_on(request: PersonRequest) -> HttpResponse:
    """Says once more what leaves the house, and asks from when on."""
    access.can_keep_store(request.user).or_403()
    store = queries.find_store()
    if store is None or store.enabled:
        return redirect("record_store")
    form = TurnOnForm(request.POST or None, store=store)
    if request.method == "POST" and form.is_valid():
        services.turn_on(actor=request.user, start=form.cleaned_data["start"], now=timezone.now())
        messages.success(request, _("It is on. What there is to tell goes out within five minutes."))
        return redirect("record_store")
    return render(request, "learning/statements/turn_on.html", {"form": form, "store": store})


@require_POST
def record_store_off(request: PersonRequest) -> HttpResponse:
    access.can_keep_store(request.user).or_403()
    try:
        services.turn_off(actor=request.user, now=timezone.now())
    except services.StoreError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is off. Nothing is told any more; what waits stays."))
    return redirect("record_store")


@require_POST
def record_store_test(request: PersonRequest) -> HttpResponse:
    """Send one statement about nobody and show the answer."""
    access.can_keep_store(request.user).or_403()
    try:
        answer = services.send_trial(actor=request.user, clock=timezone.now)
    except services.StoreError as error:
        messages.error(request, str(error))
    else:
        if answer.ok:
            messages.success(request, _("The store took the test statement (%(status)s).") % {"status": answer.status})
        else:
            messages.error(request, _("The store did not take it: %(answer)s") % {"answer": answer})
    return redirect("record_store")


@require_POST
def record_store_again(request: PersonRequest) -> HttpResponse:
    access.can_keep_store(request.user).or_403()
    try:
        services.try_again(actor=request.user, now=timezone.now())
    except services.StoreError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("What waits is being sent. Load the page again in a moment."))
    return redirect("record_store")


@require_safe
def statement_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """What was sent, without the person, and what the store said."""
    row = access.get_statement_for(request.user, pk)
    text = json.dumps(queries.without_the_person(row), indent=2, ensure_ascii=False)
    return render(request, "learning/statements/detail.html", {"row": row, "text": text, "now": timezone.now()})


@require_POST
def statement_again(request: PersonRequest, pk: int) -> HttpResponse:
    row = access.get_statement_for(request.user, pk)
    try:
        services.send_again(actor=request.user, statement=row, now=timezone.now())
    except services.StoreError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It waits again, and goes out with the next round."))
    return redirect("statement_detail", pk)


@require_safe
def own_statements(request: PersonRequest) -> HttpResponse:
    """What is told of the reader, to whom, and under which name."""
    page = Paginator(queries.told_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    store = queries.find_store()
    context = {
        "store": store,
        "name": queries.name_outside(request.user),
        "page": page,
        "rows": queries.in_words(list(page)),
    }
    return render(request, "learning/statements/own.html", context)
