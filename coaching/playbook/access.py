"""Who keeps the playbook: the head of support."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.playbook.models import Remedy
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role


def can_manage_remedies(person: Person) -> Decision:
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the head of support decides which module answers which criterion."))


def remedies_visible_to(person: Person) -> QuerySet[Remedy]:
    return Remedy.objects.all() if can_manage_remedies(person) else Remedy.objects.none()


def get_remedy_for(person: Person, pk: int) -> Remedy:
    """A remedy this person keeps; PermissionDenied for everybody but the head, 404 where there is none."""
    can_manage_remedies(person).or_403()
    remedy = remedies_visible_to(person).select_related("module").filter(pk=pk).first()
    if remedy is None:
        raise Http404
    return remedy
