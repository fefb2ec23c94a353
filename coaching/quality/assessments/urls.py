"""Addresses of self-assessments and peer feedback, below /quality/."""

from django.urls import path

from coaching.quality.assessments import views

urlpatterns = [
    path("assessments/", views.assessment_list, name="assessment_list"),
    path("assessments/ask/", views.assessment_ask, name="assessment_ask"),
    path("assessments/asked/<int:pk>/start/", views.assessment_start, name="assessment_start"),
    path("assessments/<int:pk>/", views.assessment_detail, name="assessment_detail"),
]
