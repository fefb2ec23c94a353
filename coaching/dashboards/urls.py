"""Addresses of the home screens."""

from django.urls import path

from coaching.dashboards import views

urlpatterns = [
    path("", views.today, name="today"),
    path("board/", views.board, name="board"),
    path("overview/", views.overview, name="overview"),
]
