"""Addresses below /metrics/."""

from django.urls import include, path

from coaching.metrics import views

urlpatterns = [
    path("", include("coaching.metrics.explorer.urls")),
    path("", views.metrics_home, name="metrics_home"),
    path("people/", views.metrics_people, name="metrics_people"),
    path("people/<int:pk>/", views.metrics_person, name="metrics_person"),
    path("people/<int:pk>/weeks.csv", views.metrics_person_csv, name="metrics_person_csv"),
    path("people/<int:pk>/cases/<slug:key>/", views.metrics_cases, name="metrics_cases"),
    path("cases/<int:pk>/", views.metrics_case, name="metrics_case"),
    path("definitions/", views.metrics_definitions, name="metrics_definitions"),
    path("definitions/<slug:key>/", views.metrics_definition, name="metrics_definition"),
]
