"""Addresses below /metrics/demand/."""

from django.urls import path

from coaching.metrics.demand import views

urlpatterns = [
    path("", views.demand_hours, name="demand_hours"),
    path("customers/", views.demand_customers, name="demand_customers"),
    path("cases/", views.demand_cases, name="demand_cases"),
    path("cases.csv", views.demand_cases_csv, name="demand_cases_csv"),
]
