"""Who names the record store and sees how it does: administrators. What was told of oneself, everybody reads."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.statements.models import Statement, StatementQuerySet
from people.models import Person, Role


def can_keep_store(person: Person) -> Decision:
    if person.has_role(Role.ADMIN):
        return ALLOWED
    return denied(_("Only an administrator names the learning record store."))


def statements_visible_to(person: Person) -> StatementQuerySet:
    """The whole outbox for administrators, who see no name in it; for everybody else what is told of themselves."""
    if can_keep_store(person):
        return Statement.objects.all()
    return own_statements(person)


def own_statements(person: Person) -> StatementQuerySet:
    return Statement.objects.filter(pseudonym__person=person)


def get_statement_for(person: Person, pk: int) -> Statement:
    """One statement of the outbox: 403 for those who keep no store, 404 where there is none."""
    can_keep_store(person).or_403()
    row = statements_visible_to(person).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
