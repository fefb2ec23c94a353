"""Addresses below /metrics/connections/sources/."""

from django.urls import path

from coaching.connectors.sources import views

urlpatterns = [
    path("", views.source_list, name="source_list"),
    path("<int:pk>/mask/", views.source_mask, name="source_mask"),
    path("<int:pk>/mask-stored/", views.source_mask_stored, name="source_mask_stored"),
]
