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
    path("suggestions/<int:pk>/take/", recommending.suggestion_take, name="suggestion_take"),
    path("suggestions/<int:pk>/dismiss/", recommending.suggestion_dismiss, name="suggestion_dismiss"),
    path("suggestions/again/", recommending.suggestions_again, name="suggestions_again"),
]
