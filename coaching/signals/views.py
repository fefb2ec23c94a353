"""Pages under /metrics/signals/: the list, one signal, a person's or team's own normal, thresholds, notes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.signals import access, forms, queries, services
from coaching.signals.models import Signal
from coaching.signals.normals import normals_of_person, normals_of_team
from coaching.signals.raising import ensure_settings
from coaching.signals.series import watchable_definitions
from coaching.signals.words import Told, because_of
from people.models import Role
from people.requests import PersonRequest, note_read

PER_PAGE = 25
FORM_AND_SAFE = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def signal_list(request: PersonRequest) -> HttpResponse:
    """Who may need somebody: a lead's people and teams, everybody for the head. A rep is shown their own page."""
    access.can_read_signals(request.user).or_403()
    if not access.can_read_list(request.user):
        return redirect("signal_person", request.user.pk)
    on = timezone.localdate()
    form = forms.SignalFilter(request.GET or None, definitions=watchable_definitions())
    visible = access.signals_visible_to(request.user, on).exclude(person=request.user)
    page = Paginator(queries.filtered(visible, form.wish, on), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wish": form.wish,
        "page": page,
        "rows": [Told(signal) for signal in page],
        "run": queries.last_run(),
        "raise_form": forms.RaiseForm(today=on) if access.can_raise_signals(request.user) else None,
        "may_annotate": bool(access.can_annotate(request.user)),
        "may_change_settings": bool(access.can_change_settings(request.user)),
    }
    return render(request, "coaching/signals/list.html", context)


@login_required
@require_POST
def signal_raise(request: PersonRequest) -> HttpResponse:
    """Judge a day now."""
    access.can_raise_signals(request.user).or_403()
    now = timezone.now()
    form = forms.RaiseForm(request.POST, today=timezone.localdate(now))
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["as_of"]))
        return redirect("signal_list")
    run = services.raise_signals(actor=request.user, as_of=form.cleaned_data["as_of"], now=now)
    found = run.suggested + run.watched
    text = ngettext("%(n)s signal for that day.", "%(n)s signals for that day.", found) % {"n": found}
    messages.success(request, _("%(people)s people judged: %(text)s") % {"people": run.people, "text": text})
    return redirect("signal_list")


@login_required
@require_safe
def signal_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """One signal: why, the chart, the cases, and what can be done."""
    now = timezone.now()
    on = timezone.localdate(now)
    signal = access.get_signal_for(request.user, pk, on)
    return _detail(request, signal, now)


def _detail(request: PersonRequest, signal: Signal, now: datetime, **changed: Any) -> HttpResponse:
    on = timezone.localdate(now)
    about_me = signal.person_id == request.user.pk
    if signal.person is not None:
        note_read(request, signal.person, "figures", now)
        normals = normals_of_person(request.user, signal.person, as_of=signal.raised_on, on=on)
    else:
        normals = normals_of_team(request.user, signal.team, as_of=signal.raised_on, on=on) if signal.team else []
    may_act = bool(access.can_act_on_signal(request.user, signal))
    context = {
        "told": Told(signal, about_me=about_me),
        "signal": signal,
        "about_me": about_me,
        "normal": next((normal for normal in normals if normal.definition.key == signal.metric_key), None),
        "evidence": queries.evidence_of(request.user, signal, on),
        "may_act": may_act,
        "silent": signal.silenced_until is not None and signal.silenced_until > on,
        "dismiss_form": forms.DismissForm(),
        "act_form": forms.ActForm(),
        "mute_form": forms.MuteForm(),
        "assign_url": _assign_url(signal) if may_act and signal.person is not None else "",
    }
    status = 400 if changed else 200
    return render(request, "coaching/signals/detail.html", context | changed, status=status)


def _assign_url(signal: Signal) -> str:
    """The page where a module is assigned, with person and reason filled in."""
    query = QueryDict(mutable=True)
    query.update({"person": str(signal.person_id), "because": because_of(signal)})
    return f"{reverse('assign_module')}?{query.urlencode()}"


def _do(request: PersonRequest, pk: int, service: Callable[..., Signal], done: str, **wish: Any) -> HttpResponse:
    now = timezone.now()
    signal = access.get_signal_to_act_on(request.user, pk, timezone.localdate(now))
    try:
        service(actor=request.user, signal=signal, now=now, **wish)
    except services.SignalError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("signal_detail", pk)


@login_required
@require_POST
def signal_see(request: PersonRequest, pk: int) -> HttpResponse:
    return _do(request, pk, services.see_signal, _("Noted: you have seen it."))


@login_required
@require_POST
def signal_reopen(request: PersonRequest, pk: int) -> HttpResponse:
    return _do(request, pk, services.reopen_signal, _("The signal is open again."))


@login_required
@require_POST
def signal_dismiss(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    signal = access.get_signal_to_act_on(request.user, pk, timezone.localdate(now))
    form = forms.DismissForm(request.POST)
    if not form.is_valid():
        return _detail(request, signal, now, dismiss_form=form)
    return _do(request, pk, services.dismiss_signal, _("The signal is dismissed."), reason=form.cleaned_data["reason"])


@login_required
@require_POST
def signal_act(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    signal = access.get_signal_to_act_on(request.user, pk, timezone.localdate(now))
    form = forms.ActForm(request.POST)
    if not form.is_valid():
        return _detail(request, signal, now, act_form=form)
    return _do(request, pk, services.act_on_signal, _("Good. The signal is closed."), note=form.cleaned_data["note"])


@login_required
@require_POST
def signal_mute(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    signal = access.get_signal_to_act_on(request.user, pk, timezone.localdate(now))
    form = forms.MuteForm(request.POST)
    if not form.is_valid():
        return _detail(request, signal, now, mute_form=form)
    weeks = form.cleaned_data["weeks"]
    done = _("Silent for %(n)s weeks.") % {"n": weeks} if weeks else _("The silence has ended.")
    return _do(request, pk, services.mute_signal, done, weeks=weeks)


@login_required
@require_safe
def signal_person(request: PersonRequest, pk: int) -> HttpResponse:
    """One person beside their own normal, and every signal that is held about them."""
    now = timezone.now()
    on = timezone.localdate(now)
    person = access.get_person_with_figures_for(request.user, pk, on)
    note_read(request, person, "figures", now)
    own = person.pk == request.user.pk
    context = {
        "person": person,
        "own": own,
        "normals": normals_of_person(request.user, person, as_of=on, on=on),
        "signals": queries.signals_of_person(request.user, person, on),
        "may_annotate": bool(access.can_annotate(request.user)),
    }
    return render(request, "coaching/signals/person.html", context)


@login_required
@require_safe
def signal_team(request: PersonRequest, pk: int) -> HttpResponse:
    """One team beside its own normal."""
    on = timezone.localdate()
    team = access.get_team_for(request.user, pk, on)
    context = {
        "team": team,
        "normals": normals_of_team(request.user, team, as_of=on, on=on),
        "signals": queries.signals_of_team(request.user, team, on),
        "may_annotate": True,
    }
    return render(request, "coaching/signals/team.html", context)


@login_required
@require_http_methods(FORM_AND_SAFE)
def signal_settings(request: PersonRequest) -> HttpResponse:
    """The thresholds, with what they would have raised in the past year."""
    access.can_change_settings(request.user).or_403()
    now = timezone.now()
    definitions = watchable_definitions()
    settings = ensure_settings(now)
    initial = forms.SettingsForm.values_of(settings, [definition.key for definition in definitions])
    form = forms.SettingsForm(request.POST or None, initial=initial, definitions=definitions)
    shown = None
    if request.method == "POST" and form.is_valid():
        if request.POST.get("action") == "save":
            services.change_settings(actor=request.user, now=now, **form.thresholds())
            messages.success(request, _("Saved. It counts from the next night on; signals raised before stay as they are."))
            return redirect("signal_settings")
        shown = queries.preview(form.rule(settings), form.thresholds()["metrics"], timezone.localdate(now))
    return render(request, "coaching/signals/settings.html", {"form": form, "settings": settings, "preview": shown})


@login_required
@require_http_methods(FORM_AND_SAFE)
def annotation_add(request: PersonRequest) -> HttpResponse:
    """Note an outage, a coaching, a change: drawn on the charts."""
    access.can_annotate(request.user).or_403()
    now = timezone.now()
    on = timezone.localdate(now)
    form = forms.AnnotationForm(
        request.POST or None,
        initial={"first": on, "team": request.GET.get("team"), "person": request.GET.get("person")},
        teams=access.teams_visible_to(request.user, on),
        people=access.people_with_figures_for(request.user, on),
        everywhere=request.user.has_role(Role.HEAD),
    )
    if request.method == "POST" and form.is_valid():
        note = services.add_annotation(actor=request.user, now=now, **form.cleaned_data)
        messages.success(request, _("Noted. It is drawn on the charts."))
        if note.person_id:
            return redirect("signal_person", note.person_id)
        return redirect("signal_team", note.team_id) if note.team_id else redirect("signal_list")
    return render(request, "coaching/signals/annotation_form.html", {"form": form})


@login_required
@require_POST
def annotation_remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a note off the charts."""
    now = timezone.now()
    note = access.get_annotation_for(request.user, pk, timezone.localdate(now))
    person, team = note.person_id, note.team_id
    services.remove_annotation(actor=request.user, annotation=note, now=now)
    messages.success(request, _("The note is gone."))
    if person:
        return redirect("signal_person", person)
    return redirect("signal_team", team) if team else redirect("signal_list")
