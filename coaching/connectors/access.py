"""Who may connect helpdesks: administrators. Everybody else is told so."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from coaching.connectors.models import Connection
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role


def can_manage_connections(person: Person) -> Decision:
    if person.has_role(Role.ADMIN):
        return ALLOWED
    return denied(_("Only an administrator connects helpdesks."))


def connections_visible_to(person: Person) -> QuerySet[Connection]:
    """All connections for those who may keep them, none for anybody else. Without their secrets: no page needs them."""
    connections = Connection.objects.select_related("source").defer("secrets")
    return connections if can_manage_connections(person) else connections.none()


def get_connection_for(person: Person, pk: int) -> Connection:
    """One connection: 403 for those who keep none, 404 where there is none."""
    can_manage_connections(person).or_403()
    return get_object_or_404(connections_visible_to(person), pk=pk)
