"""Addresses below /metrics/accounts/."""

from django.urls import path

from coaching.metrics.accounts import views

urlpatterns = [
    path("", views.account_list, name="account_list"),
    path("import/", views.account_upload, name="account_upload"),
    path("import/<str:token>/", views.account_check, name="account_check"),
    path("import/<str:token>/rejected.csv", views.account_errors, name="account_errors"),
    path("<int:pk>/", views.account_detail, name="account_detail"),
]
