"""Addresses below /operations/."""

from django.urls import path

from operations import views

urlpatterns = [path("schedule/", views.schedule, name="schedule")]
