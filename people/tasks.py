"""Mail about accounts. Tokens are made here, when the mail is written: none waits in the queue."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django_tasks import task

from people.invitations import invitation_token
from people.mail import send_to_person
from people.models import Person


@task()
def send_invitation(person_id: int) -> None:
    """The invitation last recorded for this person; nothing where it was used in the meantime."""
    person = Person.objects.active().filter(pk=person_id).first()
    if person is None or person.invited_at is None or person.has_usable_password():
        return
    link = settings.BASE_URL.rstrip("/") + reverse("invitation", args=[invitation_token(person)])
    send_to_person(person, "invitation", {"link": link, "days": settings.INVITATION_MAX_AGE_DAYS})


@task()
def send_password_reset(person_id: int) -> None:
    """A link to choose a new password."""
    person = Person.objects.active().filter(pk=person_id).first()
    if person is None:
        return
    key = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])
    link = settings.BASE_URL.rstrip("/") + path
    send_to_person(person, "password_reset", {"link": link, "minutes": settings.PASSWORD_RESET_TIMEOUT // 60})


@task()
def send_password_changed(person_id: int) -> None:
    """Tell the owner that the password was changed, so that a stranger's change is noticed."""
    person = Person.objects.active().filter(pk=person_id).first()
    if person is not None:
        send_to_person(person, "password_changed", {})
