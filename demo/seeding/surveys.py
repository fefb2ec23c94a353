"""Surveys of the company's own: satisfaction, recommendation and effort, asked by mail about some cases, answered by a few.

No mail leaves: the invitations go through the real queue into a letter box that throws them away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.core.mail import EmailMultiAlternatives
from django.utils.text import slugify

from coaching.interactions.models import Interaction, SurveyResponse
from coaching.surveys import services
from coaching.surveys.asking import address_of
from coaching.surveys.models import Survey
from people.models import Person

ANSWERING = 0.34  # of those asked


@dataclass(frozen=True)
class Plan:
    """A survey, how many are asked, and how they answer."""

    name: str
    kind: str
    high: int
    asked: int
    scores: list[int]
    pleased: int  # from this score on


PLANS = (
    Plan("After a case", "csat", 5, 72, [5] * 9 + [4] * 6 + [3] * 2 + [2] * 2 + [1], 4),
    Plan("Would you recommend us?", "nps", 10, 40, [10] * 5 + [9] * 5 + [8] * 4 + [7] * 2 + [5, 4, 2], 8),
    Plan("How easy was it?", "ces", 7, 32, [7] * 5 + [6] * 6 + [5] * 4 + [4, 3, 2], 5),
)
LIKED = (
    "Quick, clear, and I did not have to explain it twice.",
    "Kind answer, and it really was solved.",
    "She told me what happens next, and it did.",
    "I got the replacement two days later. Thank you!",
)
DISLIKED = (
    "It took four mails until somebody read the first one.",
    "The answer was friendly, but the problem is still there.",
    "I had to send the same photo three times.",
)


def seed_surveys(*, head: Person, seed: int, now: datetime) -> int:
    """The surveys, their invitations and answers, and a snippet; how many answered."""
    rng = Random(f"surveys:{seed}")
    cases = _recent_cases(now)
    _give_addresses(cases)
    rated = set(SurveyResponse.objects.values_list("interaction_id", flat=True))
    unrated = [case for case in cases if case.pk not in rated]
    step = max(1, len(unrated) // sum(plan.asked for plan in PLANS))
    chosen = unrated[::step]
    answers = 0
    for number, plan in enumerate(PLANS):
        survey = _started(plan, head, now)
        answers += sum(_ask(plan, survey, case, rng, now) for case in chosen[number :: len(PLANS)][: plan.asked])
        # The demo writes to nobody by itself: from here on only the snippet asks.
        services.change_rules(actor=head, survey=survey, rules={"by_email": False}, now=now)
    return answers


def _started(plan: Plan, head: Person, now: datetime) -> Survey:
    began = now - timedelta(days=40)
    survey = services.create_survey(
        actor=head, name=plan.name, kind=plan.kind, scale_high=plan.high, languages=["en", "de", "fr"], now=began
    )
    rules = {"by_email": True, "channels": ["email", "chat", "web"], "sample_percent": 50}
    services.change_rules(actor=head, survey=survey, rules=rules, now=began)
    services.start_survey(actor=head, survey=survey, now=began)
    if plan is PLANS[0]:
        origins = ["https://help.pellgrove.example"]
        services.add_snippet(actor=head, survey=survey, name="Help centre", origins=origins, now=now - timedelta(days=12))
    survey.refresh_from_db()
    return survey


def _recent_cases(now: datetime) -> list[Interaction]:
    """Written cases resolved in the last four weeks, in order of time."""
    rows = Interaction.objects.filter(
        status=Interaction.Status.RESOLVED,
        resolved_at__gt=now - timedelta(days=28),
        resolved_at__lt=now - timedelta(hours=12),
        channel__in=[Interaction.Channel.EMAIL, Interaction.Channel.CHAT],
    )
    return list(rows.only("pk", "customer", "resolved_at", "extra").order_by("resolved_at", "external_id"))


def _give_addresses(cases: list[Interaction]) -> None:
    """As if the desk had exported one more column: the customers' addresses."""
    for case in cases:
        case.extra = {**(case.extra or {}), "customer_email": f"{slugify(case.customer)}@customers.example"}
    Interaction.objects.bulk_update(cases, ["extra"], batch_size=500)


def _ask(plan: Plan, survey: Survey, case: Interaction, rng: Random, now: datetime) -> bool:
    asked_at = (case.resolved_at or now) + timedelta(hours=2)
    address = address_of(case.customer, case.extra)
    invitation = services.invite(survey=survey, interaction=case, address=address, now=asked_at)
    if invitation is None:
        return False
    sent_at = max(asked_at, invitation.next_try_at)
    services.deliver_invitations(clock=lambda: sent_at, send=_thrown_away)
    invitation.refresh_from_db()
    answered_at = sent_at + timedelta(minutes=rng.randrange(10, 2000))
    if invitation.sent_at is None or answered_at >= now or rng.random() >= ANSWERING:
        return False
    score = rng.choice(plan.scores)
    comment = rng.choice(LIKED if score >= plan.pleased else DISLIKED) if rng.random() < 0.5 else ""
    services.answer_invitation(invitation=invitation, score=score, comment=comment, language="en", now=answered_at)
    return True


def _thrown_away(message: EmailMultiAlternatives) -> None:
    """Instead of sending."""
