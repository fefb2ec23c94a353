"""Addresses under /playbook/."""

from django.urls import path

from coaching.playbook import views
from coaching.playbook.recommending import views as recommending

urlpatterns = [
    path("remedies/", views.remedy_list, name="remedy_list"),
    path("remedies/add/", views.remedy_add, name="remedy_add"),
    path("remedies/<int:pk>/", views.remedy_edit, name="remedy_edit"),
    path("remedies/<int:pk>/pause/", views.remedy_pause, name="remedy_pause"),
    path("remedies/<int:pk>/resume/", views.remedy_resume, name="remedy_resume"),
    path("recommended/<int:pk>/take/", recommending.recommendation_take, name="recommendation_take"),
    path("recommended/<int:pk>/dismiss/", recommending.recommendation_dismiss, name="recommendation_dismiss"),
    path("recommended/again/", recommending.recommendations_again, name="recommendations_again"),
]
