"""Every address of the site. Each app keeps its own; only their places stand here."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.urls import media_urlpatterns as cms_media_urls
from config import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/", include("allauth.account.urls")),
    # Wagtail's own sign-in form would be a second door: editors use the same one as everybody.
    path("cms/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("cms/logout/", RedirectView.as_view(pattern_name="account_logout")),
    path("cms/password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
    # One's own account has one page, for editors too.
    re_path(r"^cms/account/", RedirectView.as_view(url="/people/me/")),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("guide/", include("cms.urls")),
    path("guide/", include(wagtail_urls)),
    path("media/", include(cms_media_urls)),
]
if settings.DEBUG:
    urlpatterns += [path("ui/", views.ui_components, name="ui_components")]
