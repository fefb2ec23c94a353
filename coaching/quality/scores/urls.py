"""Addresses of scores, below /quality/scores/."""

from django.urls import path

from coaching.quality.scores import views

urlpatterns = [
    path("", views.score_home, name="score_home"),
    path("mine/", views.score_mine, name="score_mine"),
    path("people/<int:pk>/", views.score_person, name="score_person"),
    path("team/", views.score_team, name="score_team"),
    path("team/people.csv", views.score_people_csv, name="score_people_csv"),
    path("team/months.csv", views.score_team_csv, name="score_team_csv"),
    path("teams/", views.score_teams, name="score_teams"),
    path("teams/teams.csv", views.score_teams_csv, name="score_teams_csv"),
    path("criteria/", views.score_criteria, name="score_criteria"),
    path("criteria/criteria.csv", views.score_criteria_csv, name="score_criteria_csv"),
]
