"""Who reads what learners say of modules: editors, with names. Leads and the head read only how many found a module helpful."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.feedback.models import ModuleFeedback
from learning.modules.models import Module
from people.models import Person, Role


def can_read_feedback(person: Person) -> Decision:
    if person.has_role(Role.EDITOR):
        return ALLOWED
    return denied(_("What learners say of a module goes to its editors, and to nobody else."))


def feedback_visible_to(person: Person) -> QuerySet[ModuleFeedback]:
    """All of it for editors; for everybody else what they said themselves."""
    rows = ModuleFeedback.objects.select_related("person", "module", "revision", "answered_by")
    rows = rows.defer("module__lessons", "module__quiz", "revision__content")
    return rows if can_read_feedback(person) else rows.filter(person=person)


def get_feedback_for(person: Person, pk: int) -> ModuleFeedback:
    """One entry, for an editor: 403 for everybody else."""
    can_read_feedback(person).or_403()
    found = feedback_visible_to(person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_module_with_feedback_for(person: Person, pk: int) -> Module:
    """Any module, also one that is off the site: what was said of it stays to be read."""
    can_read_feedback(person).or_403()
    module = Module.objects.filter(pk=pk).defer("lessons", "quiz").first()
    if module is None:
        raise Http404
    return module
