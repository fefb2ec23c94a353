"""Surveys and customers who are asked, through the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from coaching.interactions.models import Interaction, SurveyResponse
from coaching.surveys import links, services
from coaching.surveys.models import Answer, Invitation, Snippet, Survey, SurveyVersion
from people.models import Person
from tests.factories import interactions as make

ALWAYS = {"by_email": True, "channels": ["email", "chat", "other"], "quiet_from": "00:00", "quiet_until": "00:00"}


def survey(
    now: datetime,
    *,
    name: str = "After a case",
    kind: str = SurveyResponse.Kind.CSAT,
    high: int = 5,
    languages: Sequence[str] = ("en",),
    asking: bool = True,
    **rules: Any,
) -> Survey:
    """A survey that asks by e-mail at any hour, unless the rules say otherwise."""
    made = services.create_survey(actor=None, name=name, kind=kind, scale_high=high, languages=list(languages), now=now)
    Survey.objects.filter(pk=made.pk).update(**(ALWAYS | rules), is_active=asking)
    made.refresh_from_db()
    return made


def case(
    person: Person | None, now: datetime, *, hours: float = 5, customer: str = "kim@customer.example", **fields: Any
) -> Interaction:
    """A case resolved that many hours ago, whose customer has an address."""
    resolved = now - timedelta(hours=hours)
    values: dict[str, Any] = {
        "opened_at": resolved - timedelta(hours=1),
        "resolved_at": resolved,
        "resolved_on": resolved.date(),
        "customer": customer,
        "channel": Interaction.Channel.EMAIL,
    } | fields
    return make.interaction(person, (resolved - timedelta(hours=1)).date(), **values)


def sent(survey: Survey, about: Interaction, now: datetime, *, address: str = "kim@customer.example") -> Invitation:
    """An invitation whose mail went out at that moment."""
    invitation = services.invite(survey=survey, interaction=about, address=address, now=now)
    assert invitation is not None, "the rules forbid it"
    services.deliver_invitations(clock=lambda: now)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.SENT
    return invitation


def answered(
    survey: Survey, person: Person, now: datetime, *, score: int = 5, comment: str = "", address: str = "kim@customer.example"
) -> Answer:
    """A case of that person, asked about and answered."""
    about = case(person, now, customer=address)
    invitation = sent(survey, about, now, address=address)
    return services.answer_invitation(invitation=invitation, score=score, comment=comment, language="en", now=now)


def token(invitation: Invitation) -> str:
    return links.invitation_token(invitation.public_id)


def snippet(survey: Survey, now: datetime, *, origins: Sequence[str] = ("https://shop.example.com",)) -> Snippet:
    return services.add_snippet(actor=None, survey=survey, name="Help centre", origins=list(origins), now=now)


def signed(snippet: Snippet, source: str, key: str, now: datetime, *, seconds: int = 3600) -> dict[str, str]:
    """The parameters that a host's server puts into the page after a chat."""
    expires = int(now.timestamp()) + seconds
    secret = links.snippet_secret(snippet.key, snippet.secret_number)
    signature = links.sign_case(secret, links.case_message(source, key, expires))
    return {"source": source, "case": key, "expires": str(expires), "signature": signature}


def version(survey: Survey) -> SurveyVersion:
    return services.current_version(survey)
