"""Addresses of learning paths, below /learn/paths/."""

from django.urls import path

from learning.paths import views

urlpatterns = [
    path("paths/", views.path_list, name="path_list"),
    path("paths/new/", views.path_create, name="path_create"),
    path("paths/<int:pk>/", views.path_detail, name="path_detail"),
    path("paths/<int:pk>/edit/", views.path_edit, name="path_edit"),
    path("paths/<int:pk>/archive/", views.path_archive, name="path_archive"),
    path("paths/<int:pk>/choose/", views.path_choose, name="path_choose"),
    path("paths/<int:pk>/assign/", views.path_assign, name="path_assign"),
    path("paths/<int:pk>/steps/add/", views.step_add, name="step_add"),
    path("paths/<int:pk>/steps/<int:step_pk>/", views.step_edit, name="step_edit"),
    path("paths/<int:pk>/steps/<int:step_pk>/remove/", views.step_remove, name="step_remove"),
    path("paths/<int:pk>/steps/<int:step_pk>/move/", views.step_move, name="step_move"),
    path("paths/ways/<int:pk>/", views.path_way, name="path_way"),
    path("paths/ways/<int:pk>/take/<int:module_pk>/", views.path_take, name="path_take"),
    path("paths/ways/<int:pk>/withdraw/", views.path_withdraw, name="path_withdraw"),
]
