"""Outside calls: mail with a calendar entry."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django_tasks import task

from learning.group_sessions.calendars import CANCEL, attach, session_url
from learning.group_sessions.models import Place

KINDS = ("invited", "joined", "promoted", "changed", "left", "cancelled")


@task()
def mail_place(place_id: int, kind: str, sequence: int) -> None:
    """Tell one person about their place, in their language and zone, with the entry for their calendar.

    Where the place has changed again since, the later mail says all, and this one is not sent.
    """
    place = Place.objects.select_related("session__host", "person", "invited_by").filter(pk=place_id, sequence=sequence).first()
    if place is None or not place.person.is_active:
        return
    person = place.person
    method = CANCEL if kind in ("left", "cancelled") else "REQUEST"
    with translation.override(person.locale), timezone.override(person.time_zone):
        context = {
            "place": place,
            "session": place.session,
            "person": person,
            "kind": kind,
            "url": session_url(place),
            "site_name": settings.SITE_NAME,
        }
        subject = " ".join(render_to_string("emails/learning/group_session_subject.txt", context).split())
        mail = EmailMultiAlternatives(subject, render_to_string("emails/learning/group_session.txt", context), to=[person.email])
        attach(mail, place, method, timezone.now())
    mail.send()
