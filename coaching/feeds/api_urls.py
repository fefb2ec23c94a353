"""Addresses under /api/v1/. A token, or a signature, stands in for the sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from coaching.feeds.api import api
from coaching.feeds.views.docs import api_docs, openapi_json

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    login_not_required(_pattern.callback)

urlpatterns = [
    path("openapi.json", openapi_json, name="api_openapi"),
    path("docs", api_docs, name="api_docs"),
    path("", include((_patterns, "api"), namespace="api")),
]
