"""Importing people from a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from people.access import can_manage_people


@require_safe
def people_import(request: HttpRequest) -> HttpResponse:
    can_manage_people(request.user).or_403()
    return redirect("people_list")
