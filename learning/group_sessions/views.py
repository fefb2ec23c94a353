"""Pages under /learn/sessions/."""

from collections.abc import Callable
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learning.group_sessions import access, places, queries, services
from learning.group_sessions.forms import CancelForm, CheckInForm, FeedbackForm, InviteForm, SessionFilter, SessionForm
from learning.group_sessions.models import GroupSession, Place
from learning.modules.queries import catalogue
from people.busy import Busy
from people.models import Person
from people.requests import PersonRequest

PAGE_SIZE = 20
# A code has 887 million possibilities; so many tries an hour find none.
LIMITS = {"check_in": "20/h/user"}


@require_safe
def group_session_list(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    form = SessionFilter(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    rows = queries.session_list(request.user, now, search=chosen.get("q", ""), which=chosen.get("which", ""))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    mine = queries.own_places(request.user, list(page))
    context = {
        "form": form,
        "page": page,
        "rows": [(session, mine.get(session.pk)) for session in page],
        "can_hold": access.can_hold(request.user),
    }
    return render(request, "learning/group_sessions/list.html", context)


@require_safe
def group_session_detail(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    return _detail(request, session)


def _detail(
    request: PersonRequest,
    session: GroupSession,
    *,
    check_in: CheckInForm | None = None,
    feedback: FeedbackForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    own = queries.own_place(request.user, session)
    held = own if own is not None and own.state == Place.State.HELD else None
    runs = access.can_run(request.user, session)
    ahead = not session.is_cancelled and not session.is_over(now)
    said = {"rating": own.rating, "comment": own.comment} if own else {}
    context = {
        "session": session,
        "own": own,
        "holds": held is not None,
        "ahead": ahead,
        "over": session.is_over(now),
        "left": queries.places_left(session),
        "before": queries.waiting_before(own) if own and own.state == Place.State.WAITING else 0,
        "clashes": queries.clashes([request.user], session) if ahead and own and own.state != Place.State.LEFT else [],
        "runs": runs,
        "can_invite": access.can_invite(request.user, session) if ahead else None,
        "sees_others": bool(runs or access.can_hold(request.user)),
        "places": access.places_visible_to(request.user, session, timezone.localdate(now)),
        "may_join": ahead and (session.open_to_all or own is not None) and (own is None or own.state == Place.State.LEFT),
        "begun": not session.is_cancelled and session.starts_at <= now,
        "check_in": (check_in or CheckInForm()) if held and held.attendance == "" and session.takes_check_ins(now) else None,
        "feedback_form": (feedback or FeedbackForm(initial=said))
        if held and held.attendance != Place.Attendance.ABSENT and session.starts_at <= now and not session.is_cancelled
        else None,
        "feedback": queries.feedback_of(session) if runs else None,
    }
    return render(request, "learning/group_sessions/detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def group_session_new(request: PersonRequest) -> HttpResponse:
    access.can_hold(request.user).or_403()
    zone = request.user.time_zone
    form = SessionForm(request.POST or None, modules=catalogue(request.user), zone=zone)
    if request.method == "POST" and form.is_valid():
        try:
            session = services.plan_session(actor=request.user, time_zone=zone, now=timezone.now(), **form.wish())
        except services.GroupSessionError as error:
            form.add_error(None, str(error))
        else:
            _warn(request, queries.clashes([request.user], session), {})
            messages.success(request, _("The session is planned. Put people down for it, or let them join."))
            return redirect("group_session_detail", session.pk)
    return render(request, "learning/group_sessions/form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def group_session_edit(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    access.can_run(request.user, session).or_403()
    # A form of its own object: what was typed must not stand in the session where it is refused.
    form = SessionForm(
        request.POST or None,
        modules=catalogue(request.user),
        zone=session.time_zone,
        instance=access.get_session_for(request.user, pk),
    )
    busy: list[tuple[Person, str]] = []
    if request.method == "POST" and form.is_valid():
        wish = form.wish()
        if "anyway" not in request.POST:
            busy = queries.clashes_if_moved(session, wish["starts_at"], wish["ends_at"])
        if not busy:
            try:
                services.change_session(actor=request.user, session=session, changes=wish, now=timezone.now())
            except services.GroupSessionError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Saved. Who has a place is told of what their calendar shows."))
                return redirect("group_session_detail", pk)
    return render(request, "learning/group_sessions/form.html", {"form": form, "session": session, "busy": busy})


@require_http_methods(["GET", "HEAD", "POST"])
def group_session_cancel(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    access.can_run(request.user, session).or_403()
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if _done(
            request, lambda: services.cancel_session(actor=request.user, session=session, reason=reason, now=timezone.now())
        ):
            messages.success(request, _("The session is cancelled. Everybody with a place is told."))
        return redirect("group_session_detail", pk)
    return render(request, "learning/group_sessions/cancel.html", {"session": session, "form": form})


@require_POST
def group_session_join(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    _done(request, lambda: places.join(actor=request.user, session=session, now=timezone.now()))
    return redirect("group_session_detail", pk)


@require_POST
def group_session_leave(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    _done(request, lambda: places.leave(actor=request.user, session=session, now=timezone.now()))
    return redirect("group_session_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def group_session_invite(request: PersonRequest, pk: int) -> HttpResponse:
    """Choose people; who has something else at that time is named, and put down all the same."""
    now = timezone.now()
    session = access.get_session_for(request.user, pk)
    access.can_invite(request.user, session).or_403()
    people = access.people_to_invite(request.user, session, timezone.localdate(now))
    form = InviteForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["people"])
        busy = queries.clashes(chosen, session)

        def put_down() -> None:
            done = places.invite(actor=request.user, session=session, people=chosen, now=now)
            n = len(done.held)
            if n:
                messages.success(request, ngettext("%(n)s person has a place.", "%(n)s people have a place.", n) % {"n": n})
            if done.waiting:
                names = ", ".join(str(person) for person in done.waiting)
                messages.warning(request, _("No place was left for %(names)s: they wait.") % {"names": names})
            _warn(request, busy, {person.pk: person for person in chosen})

        _done(request, put_down)
        return redirect("group_session_detail", pk)
    free_for = queries.clashes(list(people), session) if request.method != "POST" else []
    context = {"session": session, "form": form, "busy": _named(free_for, {person.pk: person for person in people})}
    return render(request, "learning/group_sessions/invite.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def group_session_attendance(request: PersonRequest, pk: int) -> HttpResponse:
    """The list of who has a place, with the code for those who check in themselves."""
    session = access.get_session_for(request.user, pk)
    access.can_run(request.user, session).or_403()
    rows = [place for place in access.places_visible_to(request.user, session, timezone.localdate()) if place.state == "held"]
    if request.method == "POST":
        wanted = {place.pk: request.POST.get(f"place-{place.pk}", place.attendance) for place in rows}
        if _done(
            request,
            lambda: places.note_attendance(actor=request.user, session=session, attendance=wanted, now=timezone.now()),
        ):
            messages.success(request, _("Saved who was there."))
        return redirect("group_session_attendance", pk)
    context = {"session": session, "rows": rows, "choices": Place.Attendance.choices}
    return render(request, "learning/group_sessions/attendance.html", context)


@require_POST
def group_session_check_in(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    form = CheckInForm(request.POST)
    if not form.is_valid():
        return _detail(request, session, check_in=form, status=422)
    usage = ratelimit.consume(
        request, app="learning.group_sessions", action="check_in", config=LIMITS, user=request.user, limit_get=True
    )
    if usage is None:
        messages.error(request, _("Too many tries. Ask who holds the session to put you on the list."))
        return redirect("group_session_detail", pk)
    code = form.cleaned_data["code"]
    if _done(request, lambda: places.check_in(actor=request.user, session=session, code=code, now=timezone.now())):
        messages.success(request, _("Welcome: you are on the list."))
    return redirect("group_session_detail", pk)


@require_POST
def group_session_feedback(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _detail(request, session, feedback=form, status=422)
    said = form.cleaned_data
    if _done(
        request,
        lambda: places.give_feedback(
            actor=request.user, session=session, rating=said["rating"], comment=said["comment"], now=timezone.now()
        ),
    ):
        messages.success(request, _("Thank you. Who holds the session and the head of support read it with your name."))
    return redirect("group_session_detail", pk)


def _done(request: PersonRequest, verb: Callable[[], Any]) -> bool:
    """Do it; where it is refused, say why."""
    try:
        verb()
    except services.GroupSessionError as error:
        messages.error(request, str(error))
        return False
    return True


def _named(busy: list[Busy], people: dict[int, Person]) -> list[tuple[Person | None, str]]:
    return [(people.get(one.person_id), one.what) for one in busy]


def _warn(request: PersonRequest, busy: list[Busy], people: dict[int, Person]) -> None:
    """Say who has something else at that time; a warning, no refusal: people know better than calendars."""
    for person, what in _named(busy, people):
        if person is None:
            messages.warning(request, _("You have something else at that time: %(what)s.") % {"what": what})
        else:
            messages.warning(
                request, _("%(person)s has something else at that time: %(what)s.") % {"person": person, "what": what}
            )
