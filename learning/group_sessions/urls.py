"""Addresses of group sessions and of one's own calendar, below /learn/."""

from django.urls import path

from learning.group_sessions import feed_views, views

urlpatterns = [
    path("sessions/", views.group_session_list, name="group_session_list"),
    path("sessions/new/", views.group_session_new, name="group_session_new"),
    path("sessions/<int:pk>/", views.group_session_detail, name="group_session_detail"),
    path("sessions/<int:pk>/edit/", views.group_session_edit, name="group_session_edit"),
    path("sessions/<int:pk>/cancel/", views.group_session_cancel, name="group_session_cancel"),
    path("sessions/<int:pk>/join/", views.group_session_join, name="group_session_join"),
    path("sessions/<int:pk>/leave/", views.group_session_leave, name="group_session_leave"),
    path("sessions/<int:pk>/invite/", views.group_session_invite, name="group_session_invite"),
    path("sessions/<int:pk>/attendance/", views.group_session_attendance, name="group_session_attendance"),
    path("sessions/<int:pk>/check-in/", views.group_session_check_in, name="group_session_check_in"),
    path("sessions/<int:pk>/feedback/", views.group_session_feedback, name="group_session_feedback"),
    path("calendar/", feed_views.learn_calendar, name="learn_calendar"),
    path("calendar/team/", feed_views.team_calendar, name="team_calendar"),
    path("calendar/address/", feed_views.calendar_address, name="calendar_address"),
    path("calendar/make/", feed_views.make_calendar_address, name="make_calendar_address"),
    path("calendar/end/", feed_views.end_calendar_address, name="end_calendar_address"),
    path("calendar/<str:token>.ics", feed_views.calendar_feed, name="calendar_feed"),
]
