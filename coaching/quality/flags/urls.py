"""Addresses of flags, below /quality/."""

from django.urls import path

from coaching.quality.flags import views

urlpatterns = [
    path("flags/", views.flag_list, name="flag_list"),
    path("flags/mine/", views.my_flags, name="my_flags"),
    path("flags/new/", views.flag_raise, name="flag_raise"),
    path("flags/<int:pk>/", views.flag_detail, name="flag_detail"),
    path("flags/<int:pk>/take-back/", views.flag_take_back, name="flag_take_back"),
    path("flags/<int:pk>/answer/", views.flag_answer, name="flag_answer"),
]
