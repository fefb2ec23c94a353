"""Addresses of daily practice, below /learn/practice/."""

from django.urls import path

from learning.practice import team_views, views

urlpatterns = [
    path("", views.practice, name="practice"),
    path("answers/", views.practice_answers, name="practice_answers"),
    path("answers/<int:pk>/", views.practice_answer, name="practice_answer"),
    path("mine/", views.practice_mine, name="practice_mine"),
    path("mine/file/", views.practice_export, name="practice_export"),
    path("mine/erase/", views.practice_erase, name="practice_erase"),
    path("mine/pause/", views.practice_pause, name="practice_pause"),
    path("mine/go-on/", views.practice_go_on, name="practice_go_on"),
    path("mine/share/", views.practice_share, name="practice_share"),
    path("cards/<int:pk>/aside/", views.put_card_aside, name="practice_put_aside"),
    path("cards/<int:pk>/back/", views.bring_card_back, name="practice_bring_back"),
    path("team/", team_views.practice_team, name="practice_team"),
    path("team/<int:pk>/", team_views.practice_person, name="practice_person"),
]
