"""The pages of rules: the list, one rule with what it would do, and its form."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learning.enrolment import access, queries, services
from learning.enrolment.forms import RuleFilter, RuleForm
from learning.enrolment.models import AssignmentRule
from learning.modules.queries import catalogue
from learning.paths.queries import path_list
from people.access import teams_visible_to
from people.requests import PersonRequest

PAGE_SIZE = 25
SHOWN = 50


@require_safe
def rule_list(request: PersonRequest) -> HttpResponse:
    access.can_keep_rules(request.user).or_403()
    form = RuleFilter(request.GET)
    form.is_valid()
    rules = queries.rule_list(
        request.user, search=form.cleaned_data.get("q", ""), archived=form.cleaned_data.get("archived", False)
    )
    page = Paginator(rules, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "learning/enrolment/list.html", {"form": form, "page": page})


@require_safe
def rule_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """What the rule says, and what applying it now would do: nothing is done by looking."""
    rule = access.get_rule_for(request.user, pk)
    context = {
        "rule": rule,
        "conditions": queries.conditions_in_words(rule),
        "plan": queries.dry_run(rule, timezone.localdate()),
        "standing": queries.standing_grants(rule).count(),
        "shown": SHOWN,
    }
    return render(request, "learning/enrolment/detail.html", context)


def rule_create(request: PersonRequest) -> HttpResponse:
    access.can_keep_rules(request.user).or_403()
    return _edit(request, None)


def rule_edit(request: PersonRequest, pk: int) -> HttpResponse:
    return _edit(request, access.get_rule_for(request.user, pk))


def _edit(request: PersonRequest, rule: AssignmentRule | None) -> HttpResponse:
    now = timezone.now()
    form = RuleForm(
        request.POST or None,
        initial=RuleForm.initial_of(rule) if rule else None,
        teams=teams_visible_to(request.user, timezone.localdate(now)),
        modules=catalogue(request.user),
        paths=path_list(request.user).filter(archived_at=None),
    )
    if request.method == "POST" and form.is_valid():
        try:
            if rule is None:
                saved = services.create_rule(actor=request.user, wish=form.wish(), now=now)
            else:
                saved = services.change_rule(actor=request.user, rule=rule, wish=form.wish(), now=now)
        except services.RuleError as error:
            form.add_error(None, str(error))
        else:
            if saved.state == AssignmentRule.State.PAUSED:
                messages.info(request, _("Saved, and not switched on. Look below at what it would do."))
            else:
                messages.success(request, _("Saved."))
            return redirect("rule_detail", saved.pk)
    return render(request, "learning/enrolment/form.html", {"form": form, "rule": rule})


@require_POST
def rule_switch(request: PersonRequest, pk: int) -> HttpResponse:
    """On, paused or archived."""
    rule = access.get_rule_for(request.user, pk)
    done = {
        AssignmentRule.State.ACTIVE.value: _("Switched on. It is applied now, and every hour from now on."),
        AssignmentRule.State.PAUSED.value: _("Paused. What it gave stays; nothing more is given or taken."),
        AssignmentRule.State.ARCHIVED.value: _("Archived. What it gave stays."),
    }
    state = request.POST.get("state", "")
    if state in done:
        try:
            services.switch_rule(actor=request.user, rule=rule, state=state, now=timezone.now())
        except services.RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, done[state])
    return redirect("rule_detail", pk)
