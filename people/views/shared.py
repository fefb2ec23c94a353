"""What the pages share: the confirmation page, and a service call whose refusal becomes a message."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

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


def confirm(request: PersonRequest, *, title: str, text: str, action: str, back: str, form: Any = None) -> HttpResponse:
    """Ask before something that is not easily undone. `back` is the address of "Keep it as it is"."""
    context = {"title": title, "text": text, "action": action, "back": back, "form": form}
    return render(request, "people/confirm.html", context)


def page_of(request: PersonRequest, rows: QuerySet[Any]) -> Page[Any]:
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
