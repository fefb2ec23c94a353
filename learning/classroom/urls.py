"""Addresses of the reports, below /learn/reports/. A file's address ends in what it is: csv or xlsx."""

from django.urls import path

from learning.classroom import views

urlpatterns = [
    path("reports/", views.report_teams, name="report_teams"),
    path("reports/teams.<str:kind>", views.report_teams_export, name="report_teams_export"),
    path("reports/completions/", views.report_completions, name="report_completions"),
    path("reports/completions.<str:kind>", views.report_completions_export, name="report_completions_export"),
    path("reports/effectiveness/", views.report_effectiveness, name="report_effectiveness"),
    path("reports/effectiveness.<str:kind>", views.report_effectiveness_export, name="report_effectiveness_export"),
    path("reports/hours/", views.report_hours, name="report_hours"),
    path("reports/hours.<str:kind>", views.report_hours_export, name="report_hours_export"),
]
