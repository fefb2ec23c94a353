"""Addresses of packages on the site, below /learn/. Those of the content host are in content_urls."""

from django.urls import path

from learning.packages import keeping_views, views

urlpatterns = [
    path("packages/", keeping_views.package_list, name="package_list"),
    path("packages/upload/", keeping_views.package_upload, name="package_upload"),
    path("packages/<int:pk>/", keeping_views.package_detail, name="package_detail"),
    path("packages/<int:pk>/module/", keeping_views.package_make_module, name="package_make_module"),
    path("packages/<int:pk>/exchange/", keeping_views.package_exchange, name="package_exchange"),
    path("assignments/<int:pk>/package/", views.package_step, name="package_step"),
    path("assignments/<int:pk>/package/launch/", views.package_launch, name="package_launch"),
    path("assignments/<int:pk>/package/seen/", views.package_seen, name="package_seen"),
    path("assignments/<int:pk>/package/<int:launch>/", views.package_player, name="package_player"),
]
