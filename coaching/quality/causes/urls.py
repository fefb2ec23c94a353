"""Addresses of root causes, below /quality/scores/causes/."""

from django.urls import path

from coaching.quality.causes import views

urlpatterns = [
    path("", views.cause_list, name="cause_list"),
    path("causes.csv", views.cause_list_csv, name="cause_list_csv"),
    path("reviews/", views.cause_reviews, name="cause_reviews"),
]
