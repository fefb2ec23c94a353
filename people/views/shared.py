"""What the pages share: the confirmation page, and a service call whose refusal becomes a message."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.requests import PersonRequest
from people.services import PeopleError

PAGE_SIZE = 50


def attempt(request: PersonRequest, call: Callable[[], object], done: str) -> bool:
    """Call a service; say `done`, or why not. True where it was done."""
    try:
        call()
    except PeopleError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, done)
    return True


def attempt_and_return(request: PersonRequest, call: Callable[[], object], done: str, url_name: str, *args: Any) -> HttpResponse:
    attempt(request, call, done)
    return redirect(url_name, *args)


def confirm(
    request: PersonRequest,
    *,
    title: str,
    text: str,
    action: str,
    back: str,
    keep: str = "",
    destructive: bool = True,
    form: Any = None,
) -> HttpResponse:
    """Ask before something that is not easily undone. `back` is the address of `keep`, in words "Keep it as it is"."""
    context = {
        "title": title, "text": text, "action": action, "back": back, "keep": keep or _("Keep it as it is"),
        "destructive": destructive, "form": form,
    }  # fmt: skip
    return render(request, "people/confirm.html", context)


def page_of(request: PersonRequest, rows: QuerySet[Any]) -> Page[Any]:
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
