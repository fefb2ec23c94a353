"""Addresses under /metrics/feeds/."""

from django.urls import path
from django.views.generic import RedirectView

from coaching.feeds.views import incoming, outgoing, tokens

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="token_list"), name="feeds_home"),
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/new/", tokens.token_add, name="token_add"),
    path("tokens/<int:pk>/", tokens.token_detail, name="token_detail"),
    path("tokens/<int:pk>/confirm/", tokens.token_confirm, name="token_confirm"),
    path("tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("in/", incoming.incoming_list, name="incoming_list"),
    path("in/new/", incoming.incoming_add, name="incoming_add"),
    path("in/<int:pk>/", incoming.incoming_detail, name="incoming_detail"),
    path("in/<int:pk>/rotate/", incoming.incoming_rotate, name="incoming_rotate"),
    path("in/<int:pk>/pause/", incoming.incoming_pause, name="incoming_pause"),
    path("in/<int:pk>/resume/", incoming.incoming_resume, name="incoming_resume"),
    path("in/events/<int:pk>/", incoming.event_detail, name="event_detail"),
    path("in/events/<int:pk>/again/", incoming.event_again, name="event_again"),
    path("out/", outgoing.outgoing_list, name="outgoing_list"),
    path("out/new/", outgoing.outgoing_add, name="outgoing_add"),
    path("out/<int:pk>/", outgoing.outgoing_detail, name="outgoing_detail"),
    path("out/<int:pk>/edit/", outgoing.outgoing_edit, name="outgoing_edit"),
    path("out/<int:pk>/rotate/", outgoing.outgoing_rotate, name="outgoing_rotate"),
    path("out/<int:pk>/pause/", outgoing.outgoing_pause, name="outgoing_pause"),
    path("out/<int:pk>/resume/", outgoing.outgoing_resume, name="outgoing_resume"),
    path("out/deliveries/<int:pk>/again/", outgoing.delivery_again, name="delivery_again"),
]
