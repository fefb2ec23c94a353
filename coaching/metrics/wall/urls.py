"""Addresses below /metrics/wall/."""

from django.urls import path

from coaching.metrics.wall import views

urlpatterns = [
    path("", views.wall_list, name="wall_list"),
    path("<int:pk>/", views.wall_team, name="wall_team"),
    path("links/<int:pk>/revoke/", views.wall_revoke, name="wall_revoke"),
    path("show/<str:token>/", views.wall_show, name="wall_show"),
]
