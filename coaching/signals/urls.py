"""Addresses below /metrics/signals/."""

from django.urls import path

from coaching.signals import views

urlpatterns = [
    path("", views.signal_list, name="signal_list"),
    path("raise/", views.signal_raise, name="signal_raise"),
    path("settings/", views.signal_settings, name="signal_settings"),
    path("notes/add/", views.annotation_add, name="annotation_add"),
    path("notes/<int:pk>/remove/", views.annotation_remove, name="annotation_remove"),
    path("person/<int:pk>/", views.signal_person, name="signal_person"),
    path("team/<int:pk>/", views.signal_team, name="signal_team"),
    path("<int:pk>/", views.signal_detail, name="signal_detail"),
    path("<int:pk>/see/", views.signal_see, name="signal_see"),
    path("<int:pk>/dismiss/", views.signal_dismiss, name="signal_dismiss"),
    path("<int:pk>/act/", views.signal_act, name="signal_act"),
    path("<int:pk>/mute/", views.signal_mute, name="signal_mute"),
    path("<int:pk>/reopen/", views.signal_reopen, name="signal_reopen"),
]
