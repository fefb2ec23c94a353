"""Display links: made, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from coaching.metrics.wall.models import WallLink
from people.audit import record
from people.models import Person, Team

GOOD_FOR = timedelta(days=365)


@transaction.atomic
def create_link(*, actor: Person, team: Team, place: str, now: datetime) -> WallLink:
    """A link that shows this team's wall without a sign-in, for a year."""
    link = WallLink.objects.create(team=team, place=place, created_by=actor, created_at=now, expires_at=now + GOOD_FOR)
    record(actor=actor, verb="wall.create_link", target=team, after={"number": link.pk}, now=now)
    return link


@transaction.atomic
def revoke_link(*, actor: Person, link: WallLink, now: datetime) -> WallLink:
    """End a link at once; twice is once."""
    link = WallLink.objects.select_for_update().get(pk=link.pk)
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by = now, actor
        link.save(update_fields=["revoked_at", "revoked_by"])
        record(actor=actor, verb="wall.revoke_link", target=link.team, before={"number": link.pk}, now=now)
    return link
