"""Addresses of calibration, below /quality/."""

from django.urls import path

from coaching.quality.calibration.views import agreement, blind, grading, sessions

urlpatterns = [
    path("calibration/", sessions.calibration_list, name="calibration_list"),
    path("calibration/new/", sessions.calibration_create, name="calibration_create"),
    path("calibration/<int:pk>/", sessions.calibration_detail, name="calibration_detail"),
    path("calibration/<int:pk>/change/", sessions.calibration_change, name="calibration_change"),
    path("calibration/<int:pk>/discard/", sessions.calibration_discard, name="calibration_discard"),
    path("calibration/<int:pk>/open/", sessions.calibration_open, name="calibration_open"),
    path("calibration/<int:pk>/end/", sessions.calibration_end, name="calibration_end"),
    path("calibration/<int:pk>/resolve/", sessions.calibration_resolve, name="calibration_resolve"),
    path("calibration/<int:pk>/close/", sessions.calibration_close, name="calibration_close"),
    path("calibration/items/<int:pk>/", sessions.calibration_item, name="calibration_item"),
    path("calibration/scorings/<int:pk>/", blind.scoring_edit, name="scoring_edit"),
    path("agreement/", agreement.agreement, name="agreement"),
    path("severity/", agreement.severity, name="severity"),
    path("second-readings/", grading.grader_list, name="grader_list"),
    path("second-readings/draw/", grading.grader_draw, name="grader_draw"),
    path("second-readings/<int:pk>/", grading.grader_detail, name="grader_detail"),
    path("second-readings/<int:pk>/reply/", grading.grader_reply, name="grader_reply"),
    path("reviews/<int:pk>/second-reading/", grading.grader_ask, name="grader_ask"),
]
