"""Addresses below /metrics/imports/people/."""

from django.urls import path

from coaching.metrics.matching import views

urlpatterns = [
    path("", views.match_queue, name="match_queue"),
    path("confirm/", views.match_confirm, name="match_confirm"),
    path("<int:pk>/", views.match_handler, name="match_handler"),
    path("<int:pk>/match/", views.match_decide, name="match_decide"),
    path("<int:pk>/undo/", views.match_undo, name="match_undo"),
    path("<int:pk>/ignore/", views.match_ignore, name="match_ignore"),
    path("<int:pk>/look-again/", views.match_look_again, name="match_look_again"),
]
