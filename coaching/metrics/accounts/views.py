"""Pages under /metrics/accounts/."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coaching.interactions.services import ImportRefused
from coaching.metrics.accounts import access, queries, services
from coaching.metrics.accounts.days import named_accounts
from coaching.metrics.accounts.forms import LABELS, AccountFilterForm, ColumnsForm, UploadForm
from coaching.metrics.demand.pictures import bars_svg
from coaching.metrics.queries import Window
from people.requests import PersonRequest
from people.uploads import keep_upload

PER_PAGE = 50
FORM_AND_SAFE = ["GET", "HEAD", "POST"]


def _months_before(on: date, months: int) -> date:
    """The same day so many months earlier, or the last one of a shorter month."""
    place = on.year * 12 + on.month - 1 - months
    for day in range(on.day, on.day - 4, -1):
        try:
            return date(place // 12, place % 12 + 1, day)
        except ValueError:
            continue
    raise ValueError(on)


@login_required
@require_safe
def account_list(request: PersonRequest) -> HttpResponse:
    """Accounts: at risk and why, what each asks against its value, and how many left."""
    access.can_read_accounts(request.user).or_403()
    on = timezone.localdate()
    form = AccountFilterForm(request.GET)
    named = named_accounts()
    rows = queries.summarise(access.accounts_visible_to(request.user), on, named)
    months = form.chosen("months") or 12
    window = Window(_months_before(on, months) + timedelta(days=1), on)
    shown = {
        "risk": [row for row in rows if row.reasons],
        "left": [row for row in rows if not queries.is_customer(row.account, on)],
        "all": rows,
    }.get(form.chosen("show"), [row for row in rows if queries.is_customer(row.account, on)])
    segments = sorted({row.account.segment for row in rows if row.account.segment})
    text, segment = form.chosen("q").casefold(), form.chosen("segment")
    if segment:
        shown = [row for row in shown if row.account.segment == segment]
    if text:
        shown = [row for row in shown if text in row.account.name.casefold() or text in row.account.external_key.casefold()]
    context = {
        "form": form,
        "show": form.chosen("show"),
        "order": form.chosen("order") or "value",
        "months": months,
        "segments": segments,
        "segment": segment,
        "text": form.chosen("q"),
        "page": Paginator(queries.ordered(shown, form.chosen("order")), PER_PAGE).get_page(request.GET.get("page")),
        "at_risk": queries.at_risk(rows)[:10],
        "risk_count": sum(bool(row.reasons) for row in rows),
        "turnover": queries.turnover([row.account for row in rows], window),
        "total": len(rows),
        "unknown": queries.unknown_accounts(named),
    }
    return render(request, "coaching/metrics/accounts/list.html", context)


@login_required
@require_safe
def account_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """One account: its figures, its reasons, its course."""
    account = access.get_account_for(request.user, pk)
    on = timezone.localdate()
    # Its ratings are compared with those of all accounts.
    row = next(row for row in queries.summarise(access.accounts_visible_to(request.user), on) if row.account.pk == account.pk)
    months = queries.months_of(account, on)
    picture = bars_svg(
        [date_format(start, "M y") for start, _n in months],
        [n for _start, n in months],
        _("Cases by month"),
        _("%(n)s cases since %(month)s.") % {"n": sum(n for _start, n in months), "month": date_format(months[0][0], "F Y")},
    )
    context = {
        "account": account,
        "row": row,
        "picture": picture,
        "months": months,
        "page": Paginator(queries.cases_of(account), PER_PAGE).get_page(request.GET.get("page")),
        "is_customer": queries.is_customer(account, on),
    }
    return render(request, "coaching/metrics/accounts/detail.html", context)


@login_required
@require_http_methods(FORM_AND_SAFE)
def account_upload(request: PersonRequest) -> HttpResponse:
    """Choose a file of accounts."""
    access.can_import_accounts(request.user).or_403()
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        token = keep_upload(person=request.user, upload=form.cleaned_data["file"], invite=False, now=timezone.now())
        return redirect("account_check", token)
    return render(request, "coaching/metrics/accounts/upload.html", {"form": form})


@login_required
@require_http_methods(FORM_AND_SAFE)
def account_check(request: PersonRequest, token: str) -> HttpResponse:
    """What the columns mean and what would happen; then the import, and what came of it."""
    upload = access.get_upload_for(request.user, token)
    done = upload.result()
    if done is not None:
        shown = {"upload": upload, "token": token, "result": done, "may_read": bool(access.can_read_accounts(request.user))}
        return render(request, "coaching/metrics/accounts/result.html", shown)
    path: Path = upload.folder / "source"
    context: dict[str, Any] = {"upload": upload, "token": token, "labels": LABELS}
    try:
        form = ColumnsForm(request.POST or None, header=services.header_of(path))
    except ImportRefused as refusal:
        return render(request, "coaching/metrics/accounts/check.html", context | {"refusal": str(refusal)})
    start = request.method == "POST" and form.is_valid() and request.POST.get("action") == "start"
    mapping = form.mapping()
    try:
        result = services.import_accounts(
            actor=request.user, path=path, mapping=mapping, source=mapping.source or "preview", now=timezone.now(),
            dry_run=not start, errors_path=upload.folder / "rejected.csv",
        )  # fmt: skip
    except ImportRefused as refusal:
        return render(request, "coaching/metrics/accounts/check.html", context | {"form": form, "refusal": str(refusal)})
    if start:
        upload.keep_result(result.summary() | {"source": mapping.source})
        return redirect("account_check", token)
    return render(request, "coaching/metrics/accounts/check.html", context | {"form": form, "result": result})


@login_required
@require_safe
def account_errors(request: PersonRequest, token: str) -> FileResponse:
    """The rejected rows as a CSV file."""
    upload = access.get_upload_for(request.user, token)
    path: Path = upload.folder / "rejected.csv"
    if not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), as_attachment=True, filename="rejected-accounts.csv", content_type="text/csv")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
