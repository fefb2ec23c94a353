"""Mail to one person: text and HTML, in their language; nothing personal in the subject."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from people.models import Person


def send_to_person(person: Person, name: str, context: dict[str, Any]) -> None:
    """Send `templates/emails/<name>` (`_subject.txt`, `.txt`, `.html`)."""
    with translation.override(person.locale):
        context = {"person": person, "site_name": settings.SITE_NAME, **context}
        subject = " ".join(render_to_string(f"emails/{name}_subject.txt", context).split())
        message = EmailMultiAlternatives(subject, render_to_string(f"emails/{name}.txt", context), to=[person.email])
        message.attach_alternative(render_to_string(f"emails/{name}.html", context), "text/html")
    message.send()
