"""Addresses of modules, below /learn/; the catalogue and the player are those of learning.assignments."""

from django.urls import path

from learning.modules import views

urlpatterns = [path("modules/<int:pk>/answers/", views.module_with_answers, name="module_with_answers")]
