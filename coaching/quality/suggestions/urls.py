"""Addresses below /quality/suggestions/."""

from django.urls import path

from coaching.quality.suggestions import helper_views, views

urlpatterns = [
    path("", views.suggestion_list, name="suggestion_list"),
    path("find/", views.suggestion_find, name="suggestion_find"),
    path("<int:pk>/give/", views.suggestion_give, name="suggestion_give"),
    path("<int:pk>/dismiss/", views.suggestion_dismiss, name="suggestion_dismiss"),
    path("<int:pk>/restore/", views.suggestion_restore, name="suggestion_restore"),
    path("helpers/", helper_views.helper_list, name="helper_list"),
    path("helpers/choose/", helper_views.helpers_choose, name="helpers_choose"),
    path("learner/train/", helper_views.learner_train, name="learner_train"),
    path("assistant/<int:pk>/", helper_views.assistant_detail, name="assistant_detail"),
    path("assistant/<int:pk>/measure/", helper_views.assistant_measure, name="assistant_measure"),
    path("assistant/<int:pk>/stop/", helper_views.assistant_stop, name="assistant_stop"),
    path("assistant/<int:pk>/turn-on/", helper_views.assistant_turn_on, name="assistant_turn_on"),
    path("assistant/<int:pk>/turn-off/", helper_views.assistant_turn_off, name="assistant_turn_off"),
]
