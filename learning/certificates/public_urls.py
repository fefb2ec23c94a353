"""What anybody may open without signing in: is this paper good?"""

from django.urls import path

from learning.certificates import public_views

urlpatterns = [path("verify/<str:number>/", public_views.verify_certificate, name="verify_certificate")]
