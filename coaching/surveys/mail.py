"""The mail that asks. Text and HTML, no pictures, nothing that tells us whether it was opened."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django_tasks import task

from coaching.surveys import links
from coaching.surveys.models import Survey, SurveyText
from coaching.surveys.wording import words_in
from people.models import Person

TEXT, HTML = "emails/survey.txt", "emails/survey.html"


def build_mail(*, survey: Survey, text: SurveyText, token: str, address: str, message_id: str) -> EmailMultiAlternatives:
    """The mail to one customer. Every score is a link; following one stores nothing by itself."""
    words = words_in(text.language)
    stop = links.full_url("survey_stop", token)
    context = {
        "text": text,
        "words": words,
        "expires": words["mail_expires"].format(days=survey.expires_days),
        "scores": [(score, links.full_url("survey_score", token, score)) for score in survey.scale.scores],
        "stop": stop,
    }
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    message = EmailMultiAlternatives(
        " ".join(text.subject.split()),
        render_to_string(TEXT, context),
        to=[address],
        headers={
            "Message-ID": f"<{message_id}@{host}>",
            # RFC 2369 and 8058: the mail program's own button, which sends one POST.
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": text.language,
        },
    )
    message.attach_alternative(render_to_string(HTML, context), "text/html")
    return message


@task()
def send_test_mail(version_id: int, language: str, person_id: int) -> None:
    """A survey's mail to a colleague; its links store nothing."""
    text = SurveyText.objects.select_related("version__survey").get(version_id=version_id, language=language)
    person = Person.objects.active().filter(pk=person_id).first()
    if person is None:
        return
    build_mail(
        survey=text.version.survey,
        text=text,
        token=links.make_test_token(links.TestLink(version_id, language)),
        address=person.email,
        message_id=f"survey-test.{links.new_public_id()[:16]}",
    ).send()
