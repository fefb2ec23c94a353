"""Who sees a team's wall, and who may hang it up. A display link is worth what its maker may still do."""

from __future__ import annotations

from datetime import datetime

from django.core import signing
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coaching.metrics.wall.models import WallLink
from foundation.access import ALLOWED, Decision, denied
from people.access import teams_led_by, teams_visible_to
from people.models import Person, Role, Team

SIGNER = signing.Signer(sep=".", salt="coaching.metrics.wall")


def can_see_walls(person: Person) -> Decision:
    """May this person read a wall while signed in?"""
    if person.has_role(Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("The wall shows a team’s day to its lead and to the head of support. On a screen it needs a display link."))


def can_hang_walls(person: Person) -> Decision:
    """May this person make display links at all?"""
    if person.has_role(Role.LEAD, Role.HEAD, Role.ADMIN):
        return ALLOWED
    return denied(_("Only team leads, the head of support and administrators put a wall on a screen."))


def teams_to_hang(person: Person, now: datetime) -> QuerySet[Team]:
    """Teams whose wall this person may put on a screen: all for head and administrator, a lead's own and below."""
    if person.has_role(Role.HEAD, Role.ADMIN):
        return Team.objects.order_by("path")
    return teams_led_by(person, timezone.localdate(now)).order_by("path")


def get_wall_team_for(viewer: Person, pk: int, now: datetime) -> Team:
    """The team whose wall is asked for: 403 for who sees none, 404 for another's team."""
    can_see_walls(viewer).or_403()
    team = teams_visible_to(viewer, timezone.localdate(now)).filter(pk=pk).first()
    if team is None:
        raise Http404
    return team


def links_visible_to(person: Person, now: datetime) -> QuerySet[WallLink]:
    """Links of the teams this person may hang, revoked and ended ones too."""
    links = WallLink.objects.select_related("team", "created_by", "revoked_by")
    return links.filter(team__in=teams_to_hang(person, now)) if can_hang_walls(person) else links.none()


def get_link_to_revoke(person: Person, pk: int, now: datetime) -> WallLink:
    """A link the person may revoke: 403 for who makes none, 404 for another team's."""
    can_hang_walls(person).or_403()
    link = links_visible_to(person, now).filter(pk=pk).first()
    if link is None:
        raise Http404
    return link


def token_of(link: WallLink) -> str:
    """What stands in the address of a display link."""
    return SIGNER.sign(str(link.pk))


def get_link_by_token(token: str, now: datetime) -> WallLink:
    """The link of an address, while it is good. One and the same 404 for a forged, revoked, ended or orphaned one."""
    try:
        pk = int(SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        raise Http404 from None
    link = WallLink.objects.select_related("team", "created_by").filter(pk=pk, revoked_at=None, expires_at__gt=now).first()
    if link is None or not still_stands(link, now):
        raise Http404
    return link


def still_stands(link: WallLink, now: datetime) -> bool:
    """May its maker still put this team on a screen?"""
    maker = link.created_by
    return maker.is_active and bool(can_hang_walls(maker)) and teams_to_hang(maker, now).filter(pk=link.team_id).exists()
