"""Every address of the site. Each app keeps its own; only their places stand here."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.urls import document_urlpatterns as cms_document_urls
from cms.urls import media_urlpatterns as cms_media_urls
from cms.views import editors_pages
from config import views

# Wagtail's own sign-in form would be a second door: editors use the same one as everybody.
to_sign_in = login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True))
to_sign_out = login_not_required(RedirectView.as_view(pattern_name="account_logout"))
to_reset = login_not_required(RedirectView.as_view(pattern_name="account_reset_password"))

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/", include("people.account_urls")),
    path("people/", include("people.urls")),
    path("operations/", include("operations.urls")),
    path("cms/login/", to_sign_in),
    path("cms/logout/", to_sign_out),
    path("cms/password_reset/", to_reset),
    # One's own account has one page, for editors too.
    re_path(r"^cms/account/", RedirectView.as_view(url="/people/me/")),
    path("cms/pages/", editors_pages),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(cms_document_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("guide/", include("cms.urls")),
    path("quality/", include("coaching.quality.urls")),
    path("guide/", include(wagtail_urls)),
    path("media/", include(cms_media_urls)),
    path("api/v1/", include("coaching.feeds.api_urls")),
    path("metrics/feeds/", include("coaching.feeds.urls")),
    path("metrics/connections/", include("coaching.connectors.urls")),
    path("metrics/surveys/", include("coaching.surveys.urls")),
    path("metrics/signals/", include("coaching.signals.urls")),
    path("metrics/imports/people/", include("coaching.metrics.matching.urls")),
    path("metrics/imports/", include("coaching.metrics.imports.urls")),
    path("metrics/accounts/", include("coaching.metrics.accounts.urls")),
    path("metrics/demand/", include("coaching.metrics.demand.urls")),
    path("metrics/wall/", include("coaching.metrics.wall.urls")),
    path("metrics/", include("coaching.metrics.urls")),
    path("survey/", include("coaching.surveys.public_urls")),
    path("playbook/", include("coaching.playbook.urls")),
    path("", include("coaching.dashboards.urls")),
    path("", include("learning.certificates.public_urls")),
    path("learn/", include("learning.quizzes.urls")),
    path("learn/", include("learning.paths.urls")),
    path("learn/", include("learning.enrolment.urls")),
    path("learn/", include("learning.classroom.urls")),
    path("learn/", include("learning.statements.urls")),
    path("learn/", include("learning.packages.urls")),
    path("learn/", include("learning.group_sessions.urls")),
    path("learn/practice/", include("learning.practice.urls")),
    path("learn/certificates/", include("learning.certificates.urls")),
    path("learn/", include("learning.assignments.urls")),
    path("learn/", include("learning.feedback.urls")),
    path("learn/", include("learning.modules.urls")),
]
if settings.DEBUG:
    urlpatterns += [path("ui/", views.ui_components, name="ui_components")]
