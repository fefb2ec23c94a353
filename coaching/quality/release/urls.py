"""Addresses of approving and releasing, below /quality/."""

from django.urls import path

from coaching.quality.release import views

urlpatterns = [
    path("approvals/", views.approval_list, name="approval_list"),
    path("reviews/<int:pk>/approve/", views.review_approve, name="review_approve"),
    path("reviews/<int:pk>/return/", views.review_return, name="review_return"),
    path("reviews/<int:pk>/take-back/", views.review_take_back, name="review_take_back"),
    path("reviews/<int:pk>/hold/", views.review_hold, name="review_hold"),
    path("reviews/<int:pk>/release/", views.review_release, name="review_release"),
]
