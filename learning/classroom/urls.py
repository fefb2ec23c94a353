"""Addresses of the reports, below /learn/reports/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
