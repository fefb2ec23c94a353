"""Addresses of sampling plans, below /quality/."""

from django.urls import path

from coaching.quality.plans import views

urlpatterns = [
    path("plans/", views.plan_list, name="plan_list"),
    path("plans/new/", views.plan_create, name="plan_create"),
    path("plans/rebalance/", views.plan_rebalance, name="plan_rebalance"),
    path("plans/<int:pk>/", views.plan_detail, name="plan_detail"),
    path("plans/<int:pk>/edit/", views.plan_edit, name="plan_edit"),
    path("plans/<int:pk>/on/", views.plan_switch_on, name="plan_switch_on"),
    path("plans/<int:pk>/off/", views.plan_switch_off, name="plan_switch_off"),
    path("plans/<int:pk>/draw/", views.plan_draw, name="plan_draw"),
    path("plans/<int:pk>/planner/", views.plan_planner, name="plan_planner"),
    path("draws/<int:pk>/replace/", views.draw_replace, name="draw_replace"),
]
