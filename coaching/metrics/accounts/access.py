"""Accounts are for the head of support: contracts help nobody coach. Bringing them in is an administrator's work too."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Account
from coaching.metrics.imports.access import can_import as can_import_accounts
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role
from people.uploads import Upload, find_upload

__all__ = ["accounts_visible_to", "can_import_accounts", "can_read_accounts", "get_account_for", "get_upload_for"]


def can_read_accounts(person: Person) -> Decision:
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the head of support reads what customers are worth and which are at risk."))


def accounts_visible_to(person: Person) -> QuerySet[Account]:
    accounts = Account.objects.prefetch_related("source")  # the same few sources over and over
    return accounts if can_read_accounts(person) else accounts.none()


def get_account_for(person: Person, pk: int) -> Account:
    """One account: 403 for everybody but the head, 404 where there is none."""
    can_read_accounts(person).or_403()
    return get_object_or_404(accounts_visible_to(person), pk=pk)


def get_upload_for(person: Person, token: str) -> Upload:
    """The person's own upload: 403 for who never imports, 404 for anybody else's or one that is gone."""
    can_import_accounts(person).or_403()
    upload = find_upload(person, token)
    if upload is None:
        raise Http404
    return upload
