"""Addresses below /metrics/explore/, and /metrics/drivers/."""

from django.urls import path

from coaching.metrics.explorer import views

urlpatterns = [
    path("explore/", views.metrics_explore, name="metrics_explore"),
    path("explore/export/", views.metrics_explore_export, name="metrics_explore_export"),
    path("explore/cases/<slug:key>/", views.metrics_explore_cases, name="metrics_explore_cases"),
    path("explore/funnel/", views.metrics_funnel, name="metrics_funnel"),
    path("explore/balance/", views.metrics_balance, name="metrics_balance"),
    path("explore/views/save/", views.metrics_view_save, name="metrics_view_save"),
    path("explore/views/<uuid:key>/", views.metrics_view_open, name="metrics_view_open"),
    path("explore/views/<int:pk>/delete/", views.metrics_view_delete, name="metrics_view_delete"),
    path("drivers/", views.metrics_drivers, name="metrics_drivers"),
]
