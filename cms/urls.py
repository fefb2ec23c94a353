"""Addresses of the guide that are not pages. They come before Wagtail's own below /guide/."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from cms import views

urlpatterns = [
    path("standards/", views.standard_list, name="standard_list"),
    path("standards/<slug:key>/", views.standard_detail, name="standard_detail"),
    path("search/", views.guide_search, name="guide_search"),
    # Wagtail's own sign-in form would be a second door.
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
]

# Instead of Wagtail's own view, which knows no parts of a file; addresses are made by Wagtail's name for it.
document_urlpatterns = [re_path(r"^(\d+)/(.*)$", views.guide_file)]
media_urlpatterns = [path("images/<str:name>", views.guide_image, name="guide_image")]
