"""Our own screens below /guide/ (pages themselves are served by Wagtail), and the guide's pictures."""

import mimetypes

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from wagtail.documents.views.serve import serve as serve_document

from cms import access, queries, thread
from cms.forms import SearchForm
from cms.search import search_guide
from foundation.ranges import in_parts
from people.requests import PersonRequest

HITS_PER_PAGE = 10
IMAGE_TYPES = {"image/gif", "image/jpeg", "image/png", "image/webp"}


@require_safe
@login_required
def standard_list(request: PersonRequest) -> HttpResponse:
    access.can_read_guide(request.user).or_403()
    return render(request, "cms/standard_list.html", {"groups": queries.standards_by_module()})


@require_safe
@login_required
def standard_detail(request: PersonRequest, key: str) -> HttpResponse:
    standard = access.get_standard_for(request.user, key)
    return render(
        request,
        "cms/standard_detail.html",
        {
            "standard": standard,
            "entries": thread.entries(standard, request.user),
            "can_edit": bool(access.can_edit_content(request.user)),
        },
    )


@require_safe
@login_required
def guide_search(request: PersonRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    result = search_guide(query, request.user)
    page = Paginator(result.hits, HITS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "cms/search.html",
        {"form": form, "result": result, "page_obj": page, "modules": queries.published_guideline_modules()},
    )


@require_safe
@login_required
def guide_file(request: PersonRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    """A file of the guide, whole or in part: players jump in a video by asking for parts. Wagtail decides who gets it."""
    return in_parts(request, serve_document(request, document_id, document_filename))


@require_safe
@login_required
def editors_pages(request: PersonRequest) -> HttpResponse:
    """The editors' "Pages" begins with the guide: at the root of the tree there is nothing to write."""
    access.can_edit_content(request.user).or_403()
    place = queries.editors_first_place()
    return redirect("wagtailadmin_explore", place.pk) if place else redirect("wagtailadmin_home")


@require_safe
@login_required
def guide_image(request: PersonRequest, name: str) -> FileResponse:
    """A picture as Wagtail scaled it, for signed-in staff. Originals and everything else stay closed."""
    kind, _encoding = mimetypes.guess_type(name)
    path = f"images/{name}"
    if kind not in IMAGE_TYPES or not default_storage.exists(path):
        raise Http404
    return FileResponse(
        default_storage.open(path),
        content_type=kind,
        headers={
            "Cache-Control": "private, max-age=86400",
            "X-Content-Type-Options": "nosniff",
        },
    )
