"""Addresses of modules, below /learn/; the catalogue and the player are those of learning.assignments."""

from django.urls import path

from learning.modules import views

urlpatterns = [
    path("modules/import/", views.import_module, name="import_module"),
    path("modules/<int:pk>/answers/", views.module_with_answers, name="module_with_answers"),
    path("modules/<int:pk>/translate/", views.translate_module, name="translate_module"),
    path("modules/<int:pk>/file/", views.export_module, name="export_module"),
]
