"""Health of the process, readiness of what it stands on, and the page of components."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """200 where the database answers and its migrations are applied; 503 otherwise."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    state = {"database": "ok", "migrations": "pending" if pending else "ok"}
    return JsonResponse(state, status=503 if pending else 200)


def today(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/components.html")


def ui_components(request: HttpRequest) -> HttpResponse:
    """Every component of the design language on one page; only in debug."""
    return render(request, "ui/components.html")
