"""Addresses below /survey/: what customers open."""

from django.urls import path

from coaching.surveys.views import public, snippet

urlpatterns = [
    path("snippet.js", snippet.survey_snippet_js, name="survey_snippet_js"),
    path("snippet/<slug:key>/", snippet.survey_frame, name="survey_frame"),
    path("snippet/<slug:key>/shown/", snippet.survey_shown, name="survey_shown"),
    path("<str:token>/", public.survey_answer, name="survey_answer"),
    path("<str:token>/<int:score>/", public.survey_answer, name="survey_score"),
    path("<str:token>/stop/", public.survey_stop, name="survey_stop"),
]
