"""How far reviewers agree, and how strict each is: read from what was counted at night."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coaching.quality.agreement import DOUBLES_TO_JUDGE
from coaching.quality.calibration import access, queries
from coaching.quality.calibration.counting import MONTHS
from coaching.quality.calibration.days import quarter_of
from coaching.quality.severity import MOST_CORRECTED, REVIEWS_TO_JUDGE
from people.requests import PersonRequest


def _quarter(text: str | None, fallback: date) -> date:
    """A quarter from its first day as written; the fallback where it is none."""
    try:
        return quarter_of(date.fromisoformat(text or ""))
    except ValueError:
        return fallback


@login_required
@require_safe
def agreement(request: PersonRequest) -> HttpResponse:
    access.must_know_calibration(request.user)
    access.can_read_agreement(request.user).or_403()
    current = quarter_of(timezone.localdate())
    quarters = sorted({current, *queries.counted_quarters()}, reverse=True)
    quarter = _quarter(request.GET.get("quarter"), current)
    return render(
        request,
        "coaching/quality/agreement.html",
        {
            "quarter": quarter,
            "quarters": [{"value": each.isoformat(), "label": _label(each), "chosen": each == quarter} for each in quarters],
            "quarter_label": _label(quarter),
            "scorecards": queries.agreement_in(quarter),
            "wanted": DOUBLES_TO_JUDGE,
            "section": "calibration",
            "part": "agreement",
        },
    )


def _label(quarter: date) -> str:
    return f"Q{(quarter.month + 2) // 3} {quarter.year}"


@login_required
@require_safe
def severity(request: PersonRequest) -> HttpResponse:
    access.must_know_calibration(request.user)
    access.can_read_severity(request.user).or_403()
    months = next((each for each in MONTHS if str(each) == request.GET.get("months")), MONTHS[-1])
    names = access.can_read_severity_names(request.user)
    context: dict[str, Any] = {
        "page": queries.severity_page(request.user, months, names=names),
        "months": months,
        "choices": MONTHS,
        "names": names,
        "fewest": REVIEWS_TO_JUDGE,
        "most": MOST_CORRECTED,
        "section": "calibration",
        "part": "severity",
    }
    return render(request, "coaching/quality/severity.html", context)
