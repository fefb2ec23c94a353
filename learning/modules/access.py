"""Who may read modules: everybody the published ones; editors and the head also with the answers of the quiz."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.modules.models import Module
from people.models import Person, Role


def modules_visible_to(person: Person) -> QuerySet[Module]:
    """The published modules; drafts live in the editors' admin only."""
    return Module.objects.live()


def get_module_for(person: Person, pk: int) -> Module:
    """One published module; 404 otherwise."""
    module = modules_visible_to(person).filter(pk=pk).first()
    if module is None:
        raise Http404
    return module


def can_edit_modules(person: Person) -> Decision:
    """Modules are written in the editors' admin; this is for our own pages that lead there."""
    if person.has_role(Role.EDITOR):
        return ALLOWED
    return denied(_("Modules are written and imported by editors."))


def can_read_module_with_answers(person: Person) -> Decision:
    if person.has_role(Role.EDITOR, Role.HEAD):
        return ALLOWED
    return denied(_("The whole module with the answers of its quiz is for editors. Take the module to read its lessons."))
