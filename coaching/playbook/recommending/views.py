"""What the buttons beside a recommendation do. It is shown on the learner's own page (learning.assignments)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coaching.playbook.recommending import services
from learning.assignments.services import AssignmentError
from learning.modules.access import get_module_for
from people.requests import PersonRequest


@require_POST
def recommendation_take(request: PersonRequest, pk: int) -> HttpResponse:
    module = get_module_for(request.user, pk)
    try:
        assignment = services.take_suggestion(actor=request.user, module=module, now=timezone.now())
    except AssignmentError as error:
        messages.error(request, str(error))
        return redirect("module_detail", pk)
    return redirect("assignment_detail", assignment.pk)


@require_POST
def recommendation_dismiss(request: PersonRequest, pk: int) -> HttpResponse:
    module = get_module_for(request.user, pk)
    services.dismiss_suggestion(actor=request.user, module=module, now=timezone.now())
    messages.success(request, _("“%(module)s” is put aside for thirty days. “Show again” brings it back.") % {"module": module})
    return redirect("learn_home")


@require_POST
def recommendations_again(request: PersonRequest) -> HttpResponse:
    services.show_again(actor=request.user, now=timezone.now())
    return redirect("learn_home")
