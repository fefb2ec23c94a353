"""Health of the process, readiness of what it stands on, and the page of components."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from foundation import charts
from foundation.icons import ICONS
from operations.queries import late_work


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 where the database answers and its migrations are applied; 503 otherwise. Overdue work is named, and no reason."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"database": "unreachable", "migrations": "unknown"}, status=503)
    state: dict[str, object] = {"database": "ok", "migrations": "pending" if pending else "ok"}
    if pending:
        return JsonResponse(state, status=503)
    if late := late_work(timezone.now()):
        state["overdue"] = late
    return JsonResponse(state)


@login_not_required
def ui_components(request: HttpRequest) -> HttpResponse:
    """Every component of the design language on one page; only in debug."""
    points = [0.8, 0.82, 0.79, None, 0.84, 0.86, 0.83]
    steps = [{"label": "Read", "done": True}, {"label": "Practise", "current": True}, {"label": "Quiz"}]
    chart = charts.line_chart(
        labels=[f"W{n}" for n in range(1, 8)],
        values=points,
        lows=[None if p is None else p - 0.05 for p in points],
        highs=[None if p is None else p + 0.04 for p in points],
        target=0.85,
        title="CSAT",
        description="CSAT by week with its interval.",
        percent=True,
    )
    return render(
        request,
        "ui/components.html",
        {"demo_points": points, "demo_steps": steps, "icon_names": sorted(ICONS), "demo_chart": chart},
    )
