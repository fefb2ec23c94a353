"""Addresses of the rules, below /learn/rules/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
