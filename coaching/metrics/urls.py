"""Addresses below /metrics/."""

from django.urls import include, path

from coaching.metrics import definition_views, views

urlpatterns = [
    path("", include("coaching.metrics.explorer.urls")),
    path("", views.metrics_home, name="metrics_home"),
    path("people/", views.metrics_people, name="metrics_people"),
    path("people/<int:pk>/", views.metrics_person, name="metrics_person"),
    path("people/<int:pk>/weeks.csv", views.metrics_person_csv, name="metrics_person_csv"),
    path("people/<int:pk>/cases/<slug:key>/", views.metrics_cases, name="metrics_cases"),
    path("cases/<int:pk>/", views.metrics_case, name="metrics_case"),
    path("cases/<int:pk>/messages/<int:message_pk>/show/", views.metrics_message_show, name="metrics_message_show"),
    path("definitions/", views.metrics_definitions, name="metrics_definitions"),
    path("definitions/<slug:key>/", views.metrics_definition, name="metrics_definition"),
    path("definitions/<slug:key>/edit/", definition_views.metrics_definition_edit, name="metrics_definition_edit"),
    path("calendars/", definition_views.metrics_calendars, name="metrics_calendars"),
    path("calendars/organisation/", definition_views.metrics_calendar_organisation, name="metrics_calendar_organisation"),
    path("calendars/teams/<int:pk>/", definition_views.metrics_calendar_team, name="metrics_calendar_team"),
    path("calendars/teams/<int:pk>/remove/", definition_views.metrics_calendar_remove, name="metrics_calendar_remove"),
]
