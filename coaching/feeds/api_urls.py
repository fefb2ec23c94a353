"""Addresses under /api/v1/. A token, or a signature, stands in for the sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path, re_path

from coaching.feeds.api import api
from coaching.feeds.views.docs import api_docs, nothing_here, openapi_json

_patterns, _app, _namespace = api.urls
# Without the package's own root page, which says nothing.
_operations = [pattern for pattern in _patterns if isinstance(pattern, URLPattern) and pattern.name != "api-root"]
for _pattern in _operations:
    if _pattern.callback is not None:
        login_not_required(_pattern.callback)

urlpatterns = [
    path("openapi.json", openapi_json, name="api_openapi"),
    path("docs", api_docs, name="api_docs"),
    *_operations,
    # Whatever else is asked for is answered in the API's own form: a program reads no page of ours.
    re_path(r"^(?P<rest>[\s\S]*)$", nothing_here, name="api_nothing"),
]
