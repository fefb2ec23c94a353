"""Addresses of certificates, below /learn/certificates/."""

from django.urls import path

from learning.certificates import views

urlpatterns = [
    path("", views.certificate_list, name="certificate_list"),
    path("people/", views.certificate_people, name="certificate_people"),
    path("<int:pk>/", views.certificate_detail, name="certificate_detail"),
    path("<int:pk>/certificate.pdf", views.certificate_pdf, name="certificate_pdf"),
    path("<int:pk>/badge/", views.certificate_badge, name="certificate_badge"),
    path("<int:pk>/revoke/", views.revoke_certificate, name="revoke_certificate"),
]
