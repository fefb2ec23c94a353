"""What customers answered: list, results, file."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coaching.metrics.exports import csv_text
from coaching.surveys import access, queries
from coaching.surveys.forms import PeriodForm
from people.requests import PersonRequest

PER_PAGE = 20
LIST_DAYS = 91


@require_safe
def survey_list(request: PersonRequest) -> HttpResponse:
    access.can_see_surveys(request.user).or_403()
    now = timezone.now()
    page = Paginator(access.surveys_visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = queries.survey_rows(request.user, list(page), queries.window(LIST_DAYS, now), timezone.localdate(now))
    context = {
        "page": page,
        "rows": rows,
        "manages": bool(access.can_manage_surveys(request.user)),
        "reads": bool(access.can_read_results(request.user)),
    }
    return render(request, "coaching/surveys/survey_list.html", context)


@require_safe
def survey_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """Results for who reads them; for an administrator the state of the asking."""
    survey = access.get_survey_for(request.user, pk)
    now = timezone.now()
    on, reads = timezone.localdate(now), bool(access.can_read_results(request.user))
    period = queries.window(PeriodForm.chosen(request.GET), now)
    context = {
        "survey": survey,
        "section": "results",
        "reads": reads,
        "reads_everything": bool(access.can_read_everything(request.user)),
        "manages": bool(access.can_manage_surveys(request.user)),
        "period": period,
        "periods": PeriodForm.PERIODS,
        "queue": queries.queue_of(survey) if access.can_manage_surveys(request.user) else None,
    }
    if reads:
        comments = queries.comments(survey, request.user, period, on)
        page = Paginator(comments, PER_PAGE).get_page(request.GET.get("page"))
        context |= {"results": queries.results(survey, request.user, period, on), "page": page}
    return render(request, "coaching/surveys/survey_detail.html", context)


@require_safe
def survey_csv(request: PersonRequest, pk: int) -> HttpResponse:
    survey = access.get_survey_with_results_for(request.user, pk)
    now = timezone.now()
    period = queries.window(PeriodForm.chosen(request.GET), now)
    header = [_("Answered at"), _("Score"), _("Comment"), _("Case"), _("Language"), _("Version of the words"), _("Asked by")]
    rows = queries.export_rows(survey, request.user, period, timezone.localdate(now))
    response = HttpResponse(csv_text(header, rows), content_type="text/csv; charset=utf-8")
    name = slugify(survey.name) or "survey"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{period.days}-days.csv"'
    return response
