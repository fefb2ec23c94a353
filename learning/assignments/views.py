"""The learner's pages: the assignment and the player. Home and catalogue: `catalogue.views`."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learning.assignments import access, queries, services
from learning.assignments.forms import DatesForm, WithdrawForm
from learning.assignments.models import LESSON_STEP_PREFIX, PACKAGE_STEP, QUIZ_STEP, Attempt
from learning.certificates.queries import certificates_for
from learning.feedback.queries import own_feedback
from learning.modules.content import from_revision
from people.requests import PersonRequest, note_read, number_sent


@require_safe
def assignment_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """Why it was given, what is done, what is missing."""
    today = timezone.localdate()
    assignment = access.get_assignment_for(request.user, pk, today)
    note_read(request, assignment.person, "learning", timezone.now())
    attempt = queries.current_attempt(assignment)
    explained = queries.completion_explained(assignment)
    is_learner = assignment.person_id == request.user.pk
    context = {
        "assignment": assignment,
        "attempt": attempt,
        "explained": explained,
        "newer": attempt is not None and assignment.is_open and queries.newer_revision_of(attempt),
        "has_lessons": any(criterion.key.startswith(LESSON_STEP_PREFIX) for criterion in explained.criteria),
        "overdue": assignment.is_overdue(today),
        "certificate": certificates_for([assignment.completion.pk]).get(assignment.completion.pk)
        if explained.completed_at
        else None,
        "is_learner": is_learner,
        # What a learner says is theirs and the editors': a lead who reads this page does not see it.
        "can_say": is_learner and explained.completed_at is not None and assignment.module.live,
        "said": own_feedback(request.user, assignment.module) if is_learner and explained.completed_at else None,
        "closed": assignment.is_closed(today),
        "can_open_steps": assignment.person_id == request.user.pk and not assignment.is_closed(today),
        "can_withdraw": access.can_withdraw(request.user, assignment, today),
        "can_change": assignment.is_open and access.can_change(request.user, assignment, today),
    }
    return render(request, "learning/assignments/assignment_detail.html", context)


@require_POST
def start_attempt(request: PersonRequest, pk: int) -> HttpResponse:
    return _begin(request, pk, services.start_attempt)


@require_POST
def restart_attempt(request: PersonRequest, pk: int) -> HttpResponse:
    return _begin(request, pk, services.restart_attempt)


def _begin(request: PersonRequest, pk: int, service: Callable[..., Attempt]) -> HttpResponse:
    now = timezone.now()
    assignment = access.get_assignment_for(request.user, pk, timezone.localdate(now))
    access.can_learn(request.user, assignment).or_403()
    try:
        service(actor=request.user, assignment=assignment, now=now)
    except services.AssignmentError as error:
        messages.error(request, str(error))
        return redirect("assignment_detail", pk)
    return redirect("resume_assignment", pk)


@require_safe
def resume_assignment(request: PersonRequest, pk: int) -> HttpResponse:
    """Where I left off: one address for every "Continue" button."""
    today = timezone.localdate()
    assignment = access.get_assignment_for(request.user, pk, today)
    if assignment.person_id == request.user.pk and assignment.is_closed(today):
        return redirect("assignment_detail", pk)  # which says that it is over, and what can be done
    access.can_learn(request.user, assignment).or_403()
    attempt = queries.current_attempt(assignment)
    if attempt is not None:
        point = queries.resume_point(attempt, from_revision(attempt.revision))
        if point.lesson_number:
            return redirect("lesson", pk, point.lesson_number)
        if point.package:
            return redirect("package_step", pk)
        if point.quiz:
            return redirect("quiz", pk)
    return redirect("assignment_detail", pk)


@require_safe
def lesson(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """The player: one lesson of the revision the learner began with."""
    assignment = access.get_assignment_for(request.user, pk, timezone.localdate())
    access.can_learn(request.user, assignment).or_403()
    attempt = queries.current_attempt(assignment)
    if attempt is None:
        return redirect("assignment_detail", pk)
    content = from_revision(attempt.revision)
    if not 1 <= number <= len(content.lessons):
        raise Http404
    criteria = queries.criteria_of(attempt, content)
    context = {
        "assignment": assignment,
        "attempt": attempt,
        "content": content,
        "lesson": content.lessons[number - 1],
        "number": number,
        "criteria": criteria,
        "done_count": sum(criterion.met for criterion in criteria),
        "is_done": criteria[number - 1].met,
        "minutes_left": queries.minutes_left(content, criteria),
        "newer": assignment.is_open and queries.newer_revision_of(attempt),
    }
    return render(request, "learning/assignments/lesson.html", context)


@require_POST
def finish_lesson(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Note the lesson as read and go on to the next page."""
    now = timezone.now()
    assignment = access.get_assignment_for(request.user, pk, timezone.localdate(now))
    access.can_learn(request.user, assignment, begun=True).or_403()
    attempt = access.get_attempt_of(assignment, number_sent(request, "attempt"))
    content = from_revision(attempt.revision)
    if not 1 <= number <= len(content.lessons):
        raise Http404
    following = queries.step_after(content, number)
    try:
        completion = services.finish_step(
            actor=request.user,
            attempt=attempt,
            step=queries.lesson_step(content.lessons[number - 1].id),
            next_step=following,
            now=now,
        )
    except services.AssignmentError as error:
        messages.error(request, str(error))
        return redirect("assignment_detail", pk)
    if completion is not None:
        messages.success(request, _("Done: you have completed this module."))
        return redirect("assignment_detail", pk)
    if number < len(content.lessons):
        return redirect("lesson", pk, number + 1)
    if not assignment.is_open:
        return redirect("assignment_detail", pk)
    return redirect({PACKAGE_STEP: "package_step", QUIZ_STEP: "quiz"}.get(following, "assignment_detail"), pk)


def withdraw_assignment(request: PersonRequest, pk: int) -> HttpResponse:
    """Asks for the reason, then takes the assignment back."""
    now = timezone.now()
    assignment = access.get_assignment_for(request.user, pk, timezone.localdate(now))
    access.can_withdraw(request.user, assignment, timezone.localdate(now)).or_403()
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_assignment(actor=request.user, assignment=assignment, reason=form.cleaned_data["reason"], now=now)
        except services.AssignmentError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The assignment is withdrawn."))
        return redirect("assignment_detail", pk)
    return render(request, "learning/assignments/withdraw.html", {"assignment": assignment, "form": form})


@require_POST
def ask_for_more_time(request: PersonRequest, pk: int) -> HttpResponse:
    """The learner asks their lead for more time."""
    now = timezone.now()
    assignment = access.get_assignment_for(request.user, pk, timezone.localdate(now))
    access.can_ask_for_more_time(request.user, assignment, timezone.localdate(now)).or_403()
    try:
        services.ask_for_more_time(actor=request.user, assignment=assignment, now=now)
    except services.AssignmentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your lead sees that you ask for more time."))
    return redirect("assignment_detail", pk)


def change_dates(request: PersonRequest, pk: int) -> HttpResponse:
    """The lead moves the day it is due, and the last day on which it can be taken."""
    now = timezone.now()
    today = timezone.localdate(now)
    assignment = access.get_assignment_for(request.user, pk, today)
    access.can_change(request.user, assignment, today).or_403()
    initial = {"due_on": assignment.due_on, "access_until": assignment.access_until}
    form = DatesForm(request.POST or None, initial=initial, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_dates(actor=request.user, assignment=assignment, now=now, **form.cleaned_data)
        except services.AssignmentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The dates are changed."))
            return redirect("assignment_detail", pk)
    return render(request, "learning/assignments/change_dates.html", {"assignment": assignment, "form": form})
