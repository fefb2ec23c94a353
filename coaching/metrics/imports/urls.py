"""Addresses below /metrics/imports/."""

from django.urls import path

from coaching.metrics.imports import views

urlpatterns = [
    path("", views.import_list, name="import_list"),
    path("new/", views.import_upload, name="import_upload"),
    path("<int:pk>/", views.import_detail, name="import_detail"),
    path("<int:pk>/check/", views.import_preview, name="import_preview"),
    path("<int:pk>/resume/", views.import_resume, name="import_resume"),
    path("<int:pk>/discard/", views.import_discard, name="import_discard"),
    path("<int:pk>/match/", views.import_match, name="import_match"),
    path("<int:pk>/rejected.csv", views.import_errors, name="import_errors"),
]
