"""The audit log, for administrators."""

from datetime import datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from people import queries
from people.access import can_read_audit_log
from people.audit_text import audit_rows
from people.forms import AuditFilterForm
from people.requests import PersonRequest
from people.views.shared import page_of


@require_safe
def audit_log(request: PersonRequest) -> HttpResponse:
    """Who did what to whom, when, before and after; filtered by who, whom, what and day."""
    can_read_audit_log(request.user).or_403()
    form = AuditFilterForm(request.GET or None)
    form.offer(queries.audit_verb_choices(request.user))
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    since, until = wanted.get("since"), wanted.get("until")
    entries = queries.audit_log(
        request.user,
        actor=wanted.get("actor", ""),
        subject=wanted.get("subject", ""),
        verb=wanted.get("verb", ""),
        since=timezone.make_aware(datetime.combine(since, time.min)) if since else None,
        until=timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min)) if until else None,
    )
    page = page_of(request, entries)
    context = {
        "form": form,
        "page_obj": page,
        "rows": audit_rows(page.object_list),
        "filtered": any(wanted.values()),
    }
    return render(request, "people/audit_log.html", context)
