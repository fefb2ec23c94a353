"""Who sees what runs by itself: administrators."""

from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role


def can_see_schedule(person: Person) -> Decision:
    if person.has_role(Role.ADMIN):
        return ALLOWED
    return denied(_("Only an administrator looks after what runs by itself."))
