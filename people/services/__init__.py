"""What can be done to people, teams, memberships and roles. Every verb writes the audit log."""

from people.services.absences import record_absence, remove_absence
from people.services.accounts import (
    add_external_id,
    choose_delivery,
    create_person,
    deactivate_person,
    reactivate_person,
    remove_external_id,
    update_own_account,
    update_person,
)
from people.services.acting import start_acting_as, stop_acting_as
from people.services.errors import PeopleError
from people.services.invitations import accept_invitation, invite_person
from people.services.onboarding import add_person
from people.services.roles import EDITORS_GROUP, grant_role, revoke_role
from people.services.teams import change_team, create_team, join_team, leave_team, move_team, rename_team

__all__ = [
    "EDITORS_GROUP",
    "PeopleError",
    "accept_invitation",
    "add_external_id",
    "add_person",
    "change_team",
    "choose_delivery",
    "create_person",
    "create_team",
    "deactivate_person",
    "grant_role",
    "invite_person",
    "join_team",
    "leave_team",
    "move_team",
    "reactivate_person",
    "record_absence",
    "remove_absence",
    "remove_external_id",
    "rename_team",
    "revoke_role",
    "start_acting_as",
    "stop_acting_as",
    "update_own_account",
    "update_person",
]
