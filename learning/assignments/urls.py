"""Addresses below /learn/. The quiz has its own (learning.quizzes.urls)."""

from django.urls import path

from learning.assignments import team_views, views
from learning.assignments.catalogue import views as catalogue_views
from learning.assignments.changes import views as change_views
from learning.assignments.training import views as training_views

urlpatterns = [
    path("", catalogue_views.learn_home, name="learn_home"),
    path("modules/", catalogue_views.learn_catalogue, name="learn_catalogue"),
    path("modules/<int:pk>/", catalogue_views.module_detail, name="module_detail"),
    path("modules/<int:pk>/again/", change_views.module_change_teams, name="module_change_teams"),
    path("modules/<int:pk>/choose/", catalogue_views.choose_module, name="choose_module"),
    path("modules/<int:pk>/helped/", catalogue_views.say_helped, name="say_helped"),
    path("modules/<int:pk>/helped/back/", catalogue_views.take_back_helped, name="take_back_helped"),
    path("assignments/<int:pk>/", views.assignment_detail, name="assignment_detail"),
    path("assignments/<int:pk>/start/", views.start_attempt, name="start_attempt"),
    path("assignments/<int:pk>/restart/", views.restart_attempt, name="restart_attempt"),
    path("assignments/<int:pk>/resume/", views.resume_assignment, name="resume_assignment"),
    path("assignments/<int:pk>/lessons/<int:number>/", views.lesson, name="lesson"),
    path("assignments/<int:pk>/lessons/<int:number>/finish/", views.finish_lesson, name="finish_lesson"),
    path("assignments/<int:pk>/withdraw/", views.withdraw_assignment, name="withdraw_assignment"),
    path("assignments/<int:pk>/more-time/", views.ask_for_more_time, name="ask_for_more_time"),
    path("assignments/<int:pk>/dates/", views.change_dates, name="change_dates"),
    path("assignments/<int:pk>/by-hand/", training_views.assignment_by_hand, name="assignment_by_hand"),
    path("training/import/", training_views.training_import, name="training_import"),
    path("training/import/<str:token>/", training_views.training_import_preview, name="training_import_preview"),
    path("training/import/<str:token>/result/", training_views.training_import_result, name="training_import_result"),
    path("training/import/<str:token>/errors/", training_views.training_import_errors, name="training_import_errors"),
    path("team/", team_views.learn_team, name="learn_team"),
    path("team/assign/", team_views.assign_module, name="assign_module"),
    path("team/change/", team_views.learn_team_change, name="learn_team_change"),
    path("team/export.csv", team_views.learn_team_export, name="learn_team_export"),
]
