"""Addresses under /quality/."""

from django.urls import include, path

from coaching.quality.views import queue, reading, reviewing, scorecards

urlpatterns = [
    path("", include("coaching.quality.disputes.urls")),
    path("", include("coaching.quality.exchange.urls")),
    path("", queue.quality_home, name="quality_home"),
    path("queue/", queue.quality_queue, name="quality_queue"),
    path("queue/next/", queue.quality_next, name="quality_next"),
    path("draws/<int:pk>/start/", queue.review_start, name="review_start"),
    path("draws/<int:pk>/take-out/", queue.draw_take_out, name="draw_take_out"),
    path("draws/<int:pk>/reassign/", queue.draw_reassign, name="draw_reassign"),
    path("draws/", queue.draw_list, name="draw_list"),
    path("draws/new/", queue.draw_one, name="draw_one"),
    path("reviews/", reading.review_list, name="review_list"),
    path("reviews/mine/", reading.my_reviews, name="my_reviews"),
    path("reviews/<int:pk>/", reading.review_detail, name="review_detail"),
    path("reviews/<int:pk>/edit/", reviewing.review_edit, name="review_edit"),
    path("reviews/<int:pk>/publish/", reviewing.review_publish, name="review_publish"),
    path("reviews/<int:pk>/withdraw/", reading.review_withdraw, name="review_withdraw"),
    path("reviews/<int:pk>/acknowledge/", reading.review_acknowledge, name="review_acknowledge"),
    path("scorecards/", scorecards.scorecard_list, name="scorecard_list"),
    path("scorecards/new/", scorecards.scorecard_create, name="scorecard_create"),
    path("scorecards/import/", scorecards.scorecard_import, name="scorecard_import"),
    path("scorecards/versions/<int:pk>/export.json", scorecards.scorecard_export, name="scorecard_export"),
    path("scorecards/versions/<int:pk>/compare/", scorecards.version_compare, name="version_compare"),
    path("scorecards/<slug:key>/new-version/", scorecards.scorecard_new_version, name="scorecard_new_version"),
    path("scorecards/versions/<int:pk>/", scorecards.version_detail, name="version_detail"),
    path("scorecards/versions/<int:pk>/edit/", scorecards.version_edit, name="version_edit"),
    path("scorecards/versions/<int:pk>/publish/", scorecards.version_publish, name="version_publish"),
    path("scorecards/versions/<int:pk>/archive/", scorecards.version_archive, name="version_archive"),
    path("scorecards/sections/<int:pk>/criteria/new/", scorecards.criterion_create, name="criterion_create"),
    path("scorecards/criteria/<int:pk>/edit/", scorecards.criterion_edit, name="criterion_edit"),
    path("scorecards/criteria/<int:pk>/remove/", scorecards.criterion_remove, name="criterion_remove"),
]
