"""Addresses below /metrics/connections/."""

from django.urls import include, path

from coaching.connectors import views

urlpatterns = [
    path("", views.connection_list, name="connection_list"),
    path("sources/", include("coaching.connectors.sources.urls")),
    path("new/", views.connection_choose, name="connection_choose"),
    path("new/<slug:system>/", views.connection_add, name="connection_add"),
    path("<int:pk>/", views.connection_detail, name="connection_detail"),
    path("<int:pk>/change/", views.connection_change, name="connection_change"),
    path("<int:pk>/check/", views.connection_check, name="connection_check"),
    path("<int:pk>/run/", views.connection_run, name="connection_run"),
    path("<int:pk>/pause/", views.connection_pause, name="connection_pause"),
    path("<int:pk>/resume/", views.connection_resume, name="connection_resume"),
    path("<int:pk>/delete/", views.connection_delete, name="connection_delete"),
]
