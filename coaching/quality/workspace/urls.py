"""Addresses of what stands around the workspace, below /quality/."""

from django.urls import path

from coaching.quality.workspace import views

urlpatterns = [
    path("snippets/", views.snippet_list, name="snippet_list"),
    path("snippets/new/", views.snippet_create, name="snippet_create"),
    path("snippets/<int:pk>/edit/", views.snippet_edit, name="snippet_edit"),
    path("snippets/<int:pk>/delete/", views.snippet_delete, name="snippet_delete"),
    path("reviews/<int:pk>/messages/<int:message_pk>/show/", views.message_show, name="message_show"),
]
