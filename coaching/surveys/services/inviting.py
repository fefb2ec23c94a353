"""Customers are asked by e-mail: first put into the queue, then sent, one by one.

**Never twice.** An invitation is claimed, committed, sent, and only then marked as sent. Where the process dies between
claim and mark nobody knows whether the mail went out, so it is not sent again: a lost question harms nobody, a second
one breaks a promise. A refusal by the mail server is known, and tried again later.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from coaching.interactions.models import Interaction, SurveyResponse
from coaching.surveys import asking, links
from coaching.surveys.mail import build_mail
from coaching.surveys.models import Invitation, Survey, SurveyText, SurveyVersion
from coaching.surveys.services.errors import SurveyError
from coaching.surveys.wording import choose_language

State = Invitation.State
CLAIM_LASTS = timedelta(minutes=15)
RETRIES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
ADDRESS_KEPT = timedelta(days=7)  # unsent by then, it never will be
PER_RUN = 5000

Send = Callable[[EmailMultiAlternatives], object]


def current_version(survey: Survey) -> SurveyVersion:
    """The words in force. Raises SurveyError where none are written yet."""
    version = SurveyVersion.objects.filter(survey=survey).order_by("-number").first()
    if version is None:
        raise SurveyError(f"survey {survey.pk} has no wording")
    return version


def queue_invitations(*, now: datetime, limit: int = PER_RUN) -> int:
    """Put everybody whom the active surveys ask now into the queue; how many. At most about `limit` in one call.

    Running it again, or twice at once, queues nobody twice: the surveys' rows are held meanwhile.
    """
    queued = 0
    for survey in Survey.objects.filter(is_active=True, by_email=True).order_by("pk"):
        since, until = now - timedelta(hours=survey.within_hours), now - timedelta(hours=survey.wait_hours)
        rows = asking.resolved_cases(survey, since, until)
        for cases in asking.askable(survey, rows, zone=survey.time_zone, now=now, reasons=asking.Reasons()):
            queued += _queue(survey, cases, now)
            if queued >= limit:
                return queued
    return queued


@transaction.atomic
def _queue(survey: Survey, cases: list[asking.Case], now: datetime) -> int:
    # All surveys are held, in one order: a customer is asked by one of them at a time.
    held = {row.pk: row for row in Survey.objects.select_for_update().order_by("pk")}
    survey = held[survey.pk]
    if not (survey.is_active and survey.by_email):
        return 0
    asked = asking.last_asked({key for case in cases for key in case.hashes}, now=now)
    already = Invitation.objects.filter(survey=survey, interaction_id__in=[case.interaction_id for case in cases])
    known = set(already.values_list("interaction_id", flat=True))
    fresh = [case for case in cases if case.interaction_id not in known]
    chosen, _refused = asking.choose(fresh, last_asked=asked, not_again_days=survey.not_again_days)
    version = current_version(survey)
    offered = list(SurveyText.objects.filter(version=version).values_list("language", flat=True))
    Invitation.objects.bulk_create([_invitation(survey, version, case, offered, now) for case in chosen], batch_size=500)
    return len(chosen)


def _invitation(survey: Survey, version: SurveyVersion, case: asking.Case, offered: list[str], now: datetime) -> Invitation:
    return Invitation(
        survey=survey,
        version=version,
        interaction_id=case.interaction_id,
        public_id=links.new_public_id(),
        address=case.address,
        customer_hash=case.customer_hash,
        language=choose_language(offered, survey.default_language, known=case.language),
        time_zone=case.time_zone,
        created_at=now,
        next_try_at=asking.first_moment_to_send(now, case.time_zone, survey.quiet_from, survey.quiet_until),
    )


@transaction.atomic
def invite(*, survey: Survey, interaction: Interaction, address: str, language: str = "", now: datetime) -> Invitation | None:
    """Ask one customer about one case, by an address that another room knows; None where the rules say no.

    The channel, the age of the case and the lot are the caller's business; quiet hours, refusals and the days
    between two questions are kept. Raises SurveyError for a survey that does not ask by e-mail, or no address.
    """
    if not (survey.is_active and survey.by_email):
        raise SurveyError(f"survey {survey.pk} does not ask by e-mail")
    plain = asking.address_of(address, None)
    if not plain:
        raise SurveyError("no e-mail address")
    hashes = tuple(links.customer_hashes(plain))
    if asking.refusals(set(hashes)) or SurveyResponse.objects.filter(interaction=interaction).exists():
        return None
    case = asking.Case(interaction.pk, plain, hashes[0], hashes, language, survey.time_zone, now)
    if not _queue(survey, [case], now):
        return None
    return Invitation.objects.get(survey=survey, interaction=interaction)


@dataclass
class Delivered:
    """What one run did with the queue."""

    sent: int = 0
    put_off: int = 0  # the mail server refused; tried again later
    given_up: int = 0
    cancelled: int = 0  # no longer wanted


def deliver_invitations(
    *, clock: Callable[[], datetime], send: Send = EmailMultiAlternatives.send, limit: int = PER_RUN
) -> Delivered:
    """Send what is due, up to `limit` mails. Safe to kill, and to run beside itself."""
    done = Delivered()
    done.given_up += give_up_stale(now=clock())
    for _number in range(limit):
        now = clock()
        invitation = _claim(now)
        if invitation is None:
            break
        if _unwanted(invitation):
            _end(invitation, State.CANCELLED)
            done.cancelled += 1
            continue
        quiet_until = asking.first_moment_to_send(
            now, invitation.time_zone, invitation.survey.quiet_from, invitation.survey.quiet_until
        )
        if quiet_until > now:
            _put_back(invitation, quiet_until, attempts=invitation.attempts)
            continue
        _send_one(invitation, send, now, done)
    return done


def give_up_stale(*, now: datetime) -> int:
    """End what was claimed and never heard of again, and what waited too long; drop their addresses. How many."""
    lost = Invitation.objects.filter(state=State.SENDING, claimed_at__lt=now - CLAIM_LASTS)
    old = Invitation.objects.filter(state=State.QUEUED, created_at__lt=now - ADDRESS_KEPT)
    # If the mail did go out, its links work: the invitation keeps its last day.
    return lost.update(state=State.FAILED, address="") + old.update(state=State.FAILED, address="")


@transaction.atomic
def _claim(now: datetime) -> Invitation | None:
    row = (
        Invitation.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("survey", "version")
        .filter(state=State.QUEUED, next_try_at__lte=now, survey__is_active=True, survey__by_email=True)
        .order_by("next_try_at", "pk")
        .first()
    )
    if row is None:
        return None
    row.state, row.claimed_at = State.SENDING, now
    row.save(update_fields=["state", "claimed_at"])
    return row


def _unwanted(invitation: Invitation) -> bool:
    """Has the customer said no, or rated the case, since it was queued?"""
    rated = SurveyResponse.objects.filter(interaction_id=invitation.interaction_id).exists()
    return rated or bool(asking.refusals(set(links.customer_hashes(invitation.address))))


def _send_one(invitation: Invitation, send: Send, now: datetime, done: Delivered) -> None:
    survey = invitation.survey
    text = SurveyText.objects.get(version_id=invitation.version_id, language=invitation.language)
    message = build_mail(
        survey=survey,
        text=text,
        token=links.invitation_token(invitation.public_id),
        address=invitation.address,
        message_id=f"survey.{invitation.public_id[:16]}",
    )
    # Before the mail, so that a link works the moment it arrives.
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=now + timedelta(days=survey.expires_days))
    try:
        send(message)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError, UnicodeError):
        _end(invitation, State.FAILED)
        done.given_up += 1
    except (smtplib.SMTPException, OSError):
        if invitation.attempts >= len(RETRIES):
            _end(invitation, State.FAILED)
            done.given_up += 1
        else:
            _put_back(invitation, now + RETRIES[invitation.attempts], attempts=invitation.attempts + 1)
            done.put_off += 1
    else:
        Invitation.objects.filter(pk=invitation.pk).update(state=State.SENT, sent_at=now, address="")
        done.sent += 1


def _end(invitation: Invitation, state: str) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(state=state, address="", expires_at=None)


def _put_back(invitation: Invitation, moment: datetime, *, attempts: int) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(
        state=State.QUEUED, next_try_at=moment, attempts=attempts, claimed_at=None, expires_at=None
    )
