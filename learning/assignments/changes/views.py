"""The head says in which teams a material change of a module is learnt again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from learning.assignments.access import can_choose_change_teams
from learning.assignments.changes.queries import teams_of_changes
from learning.assignments.changes.services import choose_teams
from learning.assignments.forms import ChangeTeamsForm
from learning.modules.access import get_module_for
from people.access import teams_visible_to
from people.requests import PersonRequest


def module_change_teams(request: PersonRequest, pk: int) -> HttpResponse:
    can_choose_change_teams(request.user).or_403()
    module = get_module_for(request.user, pk)
    now = timezone.now()
    form = ChangeTeamsForm(
        request.POST if request.method == "POST" else None,
        initial={"teams": teams_of_changes(module.pk)},
        teams=teams_visible_to(request.user, timezone.localdate(now)),
    )
    if request.method == "POST" and form.is_valid():
        choose_teams(actor=request.user, module=module, teams=form.cleaned_data["teams"], now=now)
        messages.success(request, _("Saved. It holds from the next material change on."))
        return redirect("module_detail", pk)
    return render(request, "learning/assignments/change_teams.html", {"form": form, "module": module})
