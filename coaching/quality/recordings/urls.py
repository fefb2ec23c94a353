"""Addresses of recordings and transcripts, below /quality/."""

from django.urls import path

from coaching.quality.recordings import views

urlpatterns = [
    path("recordings/", views.recording_find, name="recording_find"),
    path("recordings/cases/<int:pk>/", views.recording_edit, name="recording_edit"),
    path("recordings/<int:pk>/delete/", views.recording_delete, name="recording_delete"),
    path("recordings/<int:pk>/sound", views.recording_sound, name="recording_sound"),
]
