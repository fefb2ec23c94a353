"""What anybody may open without signing in: is this paper good?"""

from django.urls import path

from learning.certificates import public_views

urlpatterns = [
    path("verify/status/<int:number>/", public_views.badge_status_list, name="badge_status_list"),
    path("verify/<str:number>/", public_views.verify_certificate, name="verify_certificate"),
    path(".well-known/did.json", public_views.badge_issuer, name="badge_issuer"),
]
