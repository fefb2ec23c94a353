"""Addresses below /metrics/surveys/: the staff's pages."""

from django.urls import path

from coaching.surveys.views import results, snippets, writing

urlpatterns = [
    path("", results.survey_list, name="survey_list"),
    path("add/", writing.survey_create, name="survey_create"),
    path("<int:pk>/", results.survey_detail, name="survey_detail"),
    path("<int:pk>/answers.csv", results.survey_csv, name="survey_csv"),
    path("<int:pk>/start/", writing.survey_start, name="survey_start"),
    path("<int:pk>/pause/", writing.survey_pause, name="survey_pause"),
    path("<int:pk>/rules/", writing.survey_rules, name="survey_rules"),
    path("<int:pk>/words/", writing.survey_words, name="survey_words"),
    path("<int:pk>/words/add/", writing.survey_language_add, name="survey_language_add"),
    path("<int:pk>/words/<slug:language>/", writing.survey_reword, name="survey_reword"),
    path("<int:pk>/words/<slug:language>/remove/", writing.survey_language_remove, name="survey_language_remove"),
    path("<int:pk>/words/<slug:language>/test/", writing.survey_send_test, name="survey_send_test"),
    path("<int:pk>/snippets/", snippets.snippet_list, name="survey_snippets"),
    path("<int:pk>/snippets/add/", snippets.snippet_add, name="snippet_add"),
    path("<int:pk>/snippets/<int:snippet_pk>/", snippets.snippet_change, name="snippet_change"),
    path("<int:pk>/snippets/<int:snippet_pk>/secret/", snippets.snippet_renew_secret, name="snippet_renew_secret"),
]
