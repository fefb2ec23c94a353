"""Addresses of the editors' pages, below /learn/."""

from django.urls import path

from learning.feedback import views

urlpatterns = [
    path("feedback/", views.feedback_list, name="feedback_list"),
    path("feedback/<int:pk>/read/", views.mark_feedback_read, name="mark_feedback_read"),
    path("feedback/<int:pk>/answer/", views.answer_feedback, name="answer_feedback"),
    path("feedback/modules/<int:pk>/", views.module_feedback, name="module_feedback"),
]
