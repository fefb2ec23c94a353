"""Addresses of the quiz, below /learn/."""

from django.urls import path

from learning.quizzes import views

urlpatterns = [
    path("assignments/<int:pk>/quiz/", views.quiz, name="quiz"),
    path("assignments/<int:pk>/quiz/tries/<int:number>/", views.quiz_result, name="quiz_result"),
]
