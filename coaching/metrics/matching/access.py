"""Who decides about unmatched people: administrators, who keep accounts. The head, who imports too, reads the queue."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Handler
from coaching.metrics.imports.access import can_import
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role

can_read_queue = can_import


def can_match(person: Person) -> Decision:
    if person.has_role(Role.ADMIN):
        return ALLOWED
    return denied(_("Only an administrator decides who a handler is: whose figures change hangs on it."))


def handlers_visible_to(person: Person) -> QuerySet[Handler]:
    """All handlers for those who read the queue, none for anybody else."""
    handlers = Handler.objects.select_related("source", "person")
    return handlers if can_read_queue(person) else handlers.none()


def get_handler_for(person: Person, pk: int) -> Handler:
    """One handler: 403 for who never imports, 404 where there is none."""
    can_read_queue(person).or_403()
    return get_object_or_404(handlers_visible_to(person), pk=pk)


def get_handler_to_match(person: Person, pk: int) -> Handler:
    """One handler to decide about."""
    can_match(person).or_403()
    return get_handler_for(person, pk)


def people_to_match() -> QuerySet[Person]:
    """Whom a handler may be: everybody with an account that is on, by name."""
    return Person.objects.active().order_by("display_name", "email")
