"""Who may read the guide and who may edit it."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from cms.models import Credo, Standard
from foundation.access import ALLOWED, Decision, denied
from people.models import Person


def can_read_guide(person: Person) -> Decision:
    """Everybody who works here; the guide has no secrets among colleagues."""
    if person.is_authenticated and person.is_active:
        return ALLOWED
    return denied(_("Sign in to read the guide."))


def can_edit_content(person: Person) -> Decision:
    """Editors, through the group that carries Wagtail's permissions."""
    if person.is_authenticated and person.has_perm("wagtailadmin.access_admin"):
        return ALLOWED
    return denied(_("Only content editors open the editing pages. Ask an administrator for the role if you need it."))


def standards_visible_to(person: Person) -> QuerySet[Standard]:
    return Standard.objects.published() if can_read_guide(person) else Standard.objects.none()


def credos_visible_to(person: Person) -> QuerySet[Credo]:
    return Credo.objects.published() if can_read_guide(person) else Credo.objects.none()


def get_standard_for(person: Person, key: str) -> Standard:
    """A published standard by its key; 404 otherwise (editors preview drafts in the admin)."""
    standard = standards_visible_to(person).filter(key=key).first()
    if standard is None:
        raise Http404
    return standard
