"""Addresses of the learning record store, below /learn/."""

from django.urls import path

from learning.statements import views

urlpatterns = [
    path("statements/", views.record_store, name="record_store"),
    path("statements/store/", views.record_store_change, name="record_store_change"),
    path("statements/on/", views.record_store_on, name="record_store_on"),
    path("statements/off/", views.record_store_off, name="record_store_off"),
    path("statements/test/", views.record_store_test, name="record_store_test"),
    path("statements/again/", views.record_store_again, name="record_store_again"),
    path("statements/mine/", views.own_statements, name="own_statements"),
    path("statements/<int:pk>/", views.statement_detail, name="statement_detail"),
    path("statements/<int:pk>/again/", views.statement_again, name="statement_again"),
]
