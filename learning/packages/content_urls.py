"""Everything the content host answers. The key of a launch stands in the address; the run-time files are our own, for everybody."""

from django.urls import path

from learning.packages import content_views as views
from learning.packages import exercise_views

urlpatterns = [
    path("p/<str:token>/", views.player, name="content_player"),
    path("p/<str:token>/open/<int:part>/", views.open_part, name="content_open"),
    path("p/<str:token>/menu/", views.menu, name="content_menu"),
    path("p/<str:token>/alive/", views.alive, name="content_alive"),
    path("p/<str:token>/f/<path:name>", views.member, name="content_member"),
    path("commit/<str:token>/", views.commit, name="content_commit"),
    path("commit/<str:token>/<int:part>/<int:number>/", views.commit, name="content_commit_visit"),
    path("h5p/<str:token>/<int:number>/statement/", exercise_views.statement, name="content_statement"),
    path("h5p/<str:token>/<int:number>/finished/", exercise_views.finished, name="content_finished"),
    path(
        "h5p/<str:token>/<int:number>/data/<str:content>/<str:kind>/<str:part>/",
        exercise_views.user_data,
        name="content_user_data",
    ),
    path("player/<path:name>", views.runtime_file, name="content_runtime"),
]
