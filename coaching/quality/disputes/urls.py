"""Addresses of disputes, below /quality/."""

from django.urls import path

from coaching.quality.disputes import views

urlpatterns = [
    path("reviews/<int:pk>/dispute/", views.dispute_raise, name="dispute_raise"),
    path("disputes/", views.dispute_list, name="dispute_list"),
    path("disputes/<int:pk>/", views.dispute_detail, name="dispute_detail"),
    path("disputes/<int:pk>/take-back/", views.dispute_take_back, name="dispute_take_back"),
    path("disputes/<int:pk>/forward/", views.dispute_forward, name="dispute_forward"),
    path("disputes/<int:pk>/decline/", views.dispute_decline, name="dispute_decline"),
    path("disputes/<int:pk>/decide/", views.dispute_decide, name="dispute_decide"),
]
