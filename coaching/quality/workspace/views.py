"""Comments to use again, and looking at a message behind its mask."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.quality.access import can_review
from coaching.quality.assessments.access import get_sheet_for
from coaching.quality.models import Snippet
from coaching.quality.services import QualityError
from coaching.quality.workspace import access, services
from coaching.quality.workspace.forms import SnippetFilter, SnippetForm
from coaching.quality.workspace.queries import matching
from people.requests import PersonRequest, note_read

PER_PAGE = 25


@login_required
@require_safe
def snippet_list(request: PersonRequest) -> HttpResponse:
    can_review(request.user).or_403()
    form = SnippetFilter(request.GET)
    form.is_valid()
    snippets = matching(access.snippets_visible_to(request.user), form.cleaned_data.get("q", ""))
    return render(
        request,
        "coaching/quality/snippet_list.html",
        {
            "page_obj": Paginator(snippets, PER_PAGE).get_page(request.GET.get("page")),
            "filter": form,
            "filtered": bool(form.cleaned_data.get("q")),
            "mine": set(access.snippets_of(request.user).values_list("pk", flat=True)),
            "section": "queue",
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def snippet_create(request: PersonRequest) -> HttpResponse:
    can_review(request.user).or_403()
    return _edit(request, None)


@login_required
@require_http_methods(["GET", "POST"])
def snippet_edit(request: PersonRequest, pk: int) -> HttpResponse:
    return _edit(request, access.get_snippet_for(request.user, pk))


def _edit(request: PersonRequest, snippet: Snippet | None) -> HttpResponse:
    # A copy of the row: the form writes into what it is given, and the service compares with what was there.
    form = SnippetForm(request.POST or None, instance=access.get_snippet_for(request.user, snippet.pk) if snippet else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.save_snippet(
                actor=request.user,
                snippet=snippet,
                title=data["title"],
                text=data["text"],
                is_shared=data["is_shared"],
                now=timezone.now(),
            )
        except QualityError as error:
            form.add_error("title", str(error))
        else:
            messages.success(request, _("Saved. It is in the list of the workspace now."))
            return redirect("snippet_list")
    context = {"form": form, "snippet": snippet, "section": "queue"}
    return render(request, "coaching/quality/snippet_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def snippet_delete(request: PersonRequest, pk: int) -> HttpResponse:
    snippet = access.get_snippet_for(request.user, pk)
    if request.method == "POST":
        services.delete_snippet(actor=request.user, snippet=snippet, now=timezone.now())
        messages.success(request, _("Deleted. Reviews that used it keep their words."))
        return redirect("snippet_list")
    return render(request, "coaching/quality/snippet_delete.html", {"snippet": snippet, "section": "queue"})


@login_required
@require_POST
@never_cache
def message_show(request: PersonRequest, pk: int, message_pk: int) -> HttpResponse:
    """One message with the personal data in it. By POST alone, so that no address, history or cache opens it again."""
    now = timezone.now()
    review = get_sheet_for(request.user, pk, timezone.localdate(now))
    access.can_show_personal_data(request.user, review, timezone.localdate(now)).or_403()
    try:
        message = services.show_personal_data(actor=request.user, review=review, message_id=message_pk, now=now)
    except QualityError as error:
        raise Http404 from error
    note_read(request, review.reviewee, "reviews", now)
    return render(request, "coaching/quality/message_show.html", {"review": review, "message": message, "section": "queue"})
