"""Whom to ask, and when: the rules, as plain functions. What stores it is in `services.inviting`.

A case is asked about once, some hours after it was resolved, where its channel is chosen, its lot is drawn, an address
is known, nobody rated it yet, and its customer neither said no nor was asked in the last days by any survey.
The lot is a digest of survey and case: running again draws the same cases.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Exists, OuterRef, QuerySet

from coaching.interactions.models import Interaction, SurveyResponse
from coaching.surveys.links import customer_hashes
from coaching.surveys.models import DoNotAsk, Invitation
from coaching.surveys.wording import plain

# Columns in which exports carry the customer's address, language and zone, beside `Interaction.customer`.
ADDRESS_KEYS = ("customer_email", "requester_email", "contact_email", "customer_email_address", "contact_email_address", "email")
LANGUAGE_KEYS = ("customer_language", "requester_language", "language", "locale")
ZONE_KEYS = ("customer_time_zone", "customer_timezone", "requester_time_zone", "time_zone", "timezone")
LOOKUP = 500


class Rules(Protocol):
    """What of a survey decides whom it asks; a form's unsaved values have the same shape."""

    pk: int
    channels: list[str]
    wait_hours: int
    within_hours: int
    sample_percent: int
    not_again_days: int


@dataclass(frozen=True)
class Case:
    """A case somebody could be asked about; `at` is when the question would be put."""

    interaction_id: int
    address: str
    customer_hash: str
    hashes: tuple[str, ...]
    language: str
    time_zone: str
    at: datetime


# --- What is known of a customer ------------------------------------------------------------------


def _normal(name: str) -> str:
    return "_".join(name.strip().lower().replace("-", " ").split())


def _among(extra: Any, keys: tuple[str, ...]) -> str:
    if not isinstance(extra, dict):
        return ""
    known = {_normal(str(name)): value for name, value in extra.items()}
    return next((str(known[key]).strip() for key in keys if known.get(key)), "")


def address_of(customer: str, extra: Any) -> str:
    """The customer's e-mail address in lower case, or "" where none is known or it is none."""
    for text in (customer.strip(), _among(extra, ADDRESS_KEYS)):
        if "@" in text and len(text) <= 254:
            try:
                validate_email(text)
            except ValidationError:
                continue
            return text.lower()
    return ""


def zone_of(extra: Any, default: str) -> str:
    """The customer's time zone where the case tells a real one, else `default`."""
    name = _among(extra, ZONE_KEYS)
    return name if name and is_zone(name) else default


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


# --- Quiet hours ----------------------------------------------------------------------------------


def first_moment_to_send(now: datetime, zone: str, quiet_from: time, quiet_until: time) -> datetime:
    """`now`, or where it falls into the quiet hours of the zone, their end. Equal times mean: no quiet hours.

    Quiet hours may span midnight; their end is a local time, so it follows changes of the clock.
    """
    if quiet_from == quiet_until:
        return now
    local = now.astimezone(ZoneInfo(zone))
    clock = local.time()
    if quiet_from < quiet_until:
        quiet, end_day = quiet_from <= clock < quiet_until, local.date()
    else:
        quiet = clock >= quiet_from or clock < quiet_until
        end_day = local.date() + timedelta(days=1) if clock >= quiet_from else local.date()
    if not quiet:
        return now
    return max(now, datetime.combine(end_day, quiet_until, tzinfo=ZoneInfo(zone)).astimezone(now.tzinfo))


# --- The choice -----------------------------------------------------------------------------------


def is_drawn(survey_id: int, interaction_id: int, percent: int) -> bool:
    """Does the lot fall on this case? The same answer for the same survey and case, at any time."""
    digest = hashlib.sha256(f"{survey_id}:{interaction_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") * 100 < percent * 2**32


def choose(cases: Iterable[Case], *, last_asked: Mapping[str, datetime], not_again_days: int) -> tuple[list[Case], int]:
    """The cases to ask about, in order of time, and how many are left out because their customer was asked lately.

    No two of them, nor one of them and `last_asked`, are of one customer within `not_again_days`.
    """
    apart, seen, chosen, refused = timedelta(days=not_again_days), dict(last_asked), [], 0
    for case in sorted(cases, key=lambda case: (case.at, case.interaction_id)):
        before = max((seen[key] for key in case.hashes if key in seen), default=None)
        if before is not None and not_again_days and case.at - before < apart:
            refused += 1
            continue
        seen[case.customer_hash] = case.at
        chosen.append(case)
    return chosen, refused


def resolved_cases(rules: Rules, since: datetime, until: datetime) -> QuerySet[Interaction]:
    """Cases of the chosen channels that somebody handled, resolved in the time given, not asked about by this survey."""
    zone_day = timedelta(days=1)
    return (
        # By handler and day, as the index of resolved cases goes.
        Interaction.objects.filter(
            handler__source__isnull=False,
            resolved_on__gte=(since - zone_day).date(),
            resolved_on__lte=(until + zone_day).date(),
            resolved_at__gt=since,
            resolved_at__lte=until,
            status=Interaction.Status.RESOLVED,
            channel__in=rules.channels,
        )
        .filter(~Exists(Invitation.objects.filter(survey_id=rules.pk, interaction=OuterRef("pk"))))
        .order_by("resolved_at", "pk")
    )


@dataclass
class Reasons:
    """How many cases were looked at, and why the others are not asked about."""

    looked_at: int = 0
    not_drawn: int = 0
    without_address: int = 0
    rated: int = 0
    said_no: int = 0
    asked_lately: int = 0


def askable(
    rules: Rules, rows: QuerySet[Interaction], *, zone: str, now: datetime | None, reasons: Reasons
) -> Iterator[list[Case]]:
    """The cases of `rows` that may be asked about as far as the case itself decides, some hundreds at a time.

    `now` None looks at each as of the moment it was due: for previews.
    """
    values = rows.values_list("pk", "customer", "extra", "resolved_at")
    batch: list[Case] = []
    for pk, customer, extra, resolved_at in values.iterator(chunk_size=2000):
        reasons.looked_at += 1
        if not is_drawn(rules.pk, pk, rules.sample_percent):
            reasons.not_drawn += 1
            continue
        address = address_of(customer, extra)
        if not address:
            reasons.without_address += 1
            continue
        hashes = tuple(customer_hashes(address))
        at = now or cast(datetime, resolved_at) + timedelta(hours=rules.wait_hours)
        language = plain(_among(extra, LANGUAGE_KEYS))
        batch.append(Case(pk, address, hashes[0], hashes, language, zone_of(extra, zone), at))
        if len(batch) >= LOOKUP:
            yield _without_rated(_without_refusals(batch, reasons), reasons)
            batch = []
    if batch:
        yield _without_rated(_without_refusals(batch, reasons), reasons)


def _without_refusals(cases: list[Case], reasons: Reasons) -> list[Case]:
    said_no = refusals({key for case in cases for key in case.hashes})
    kept = [case for case in cases if not said_no.intersection(case.hashes)]
    reasons.said_no += len(cases) - len(kept)
    return kept


def _without_rated(cases: list[Case], reasons: Reasons) -> list[Case]:
    rated = set(
        SurveyResponse.objects.filter(interaction_id__in=[case.interaction_id for case in cases]).values_list(
            "interaction_id", flat=True
        )
    )
    kept = [case for case in cases if case.interaction_id not in rated]
    reasons.rated += len(cases) - len(kept)
    return kept


def refusals(hashes: set[str]) -> set[str]:
    """Those of the hashes whose customers do not want to be asked."""
    found: set[str] = set()
    wanted = sorted(hashes)
    for start in range(0, len(wanted), LOOKUP):
        part = DoNotAsk.objects.filter(customer_hash__in=wanted[start : start + LOOKUP])
        found.update(part.values_list("customer_hash", flat=True))
    return found


def last_asked(hashes: set[str], *, now: datetime) -> dict[str, datetime]:
    """When each customer was last asked, by any survey. Who waits to be asked counts as asked now."""
    found: dict[str, datetime] = {}
    wanted = sorted(hashes)
    for start in range(0, len(wanted), LOOKUP):
        rows = Invitation.objects.filter(customer_hash__in=wanted[start : start + LOOKUP]).exclude(
            state=Invitation.State.CANCELLED
        )
        for key, state, sent_at, created_at in rows.values_list("customer_hash", "state", "sent_at", "created_at"):
            waits = state in {Invitation.State.QUEUED, Invitation.State.SENDING}
            moment = max(now, created_at) if waits else sent_at or created_at
            found[key] = max(found.get(key, moment), moment)
    return found


@dataclass(frozen=True)
class Preview:
    """What the rules would have done in the week before."""

    asked: int
    reasons: Reasons


def preview(rules: Rules, *, zone: str, now: datetime) -> Preview:
    """How many customers the rules would have asked about cases resolved in the last seven days.

    Nothing is stored. Earlier invitations of this survey do not stand in the way, nor ratings that came since; what
    other surveys asked before the week does.
    """
    reasons = Reasons()
    week = timedelta(days=7)
    rows = resolved_cases(_Unasked(rules), now - week, now)
    cases = [case for part in askable(rules, rows, zone=zone, now=None, reasons=reasons) for case in part]
    earlier = last_asked_before({key for case in cases for key in case.hashes}, before=now - week)
    chosen, reasons.asked_lately = choose(cases, last_asked=earlier, not_again_days=rules.not_again_days)
    return Preview(len(chosen), reasons)


def last_asked_before(hashes: set[str], *, before: datetime) -> dict[str, datetime]:
    """As `last_asked`, of mails that were out before a moment."""
    found: dict[str, datetime] = {}
    wanted = sorted(hashes)
    for start in range(0, len(wanted), LOOKUP):
        rows = Invitation.objects.filter(customer_hash__in=wanted[start : start + LOOKUP], sent_at__lt=before)
        for key, sent_at in rows.values_list("customer_hash", "sent_at"):
            if sent_at is not None:
                found[key] = max(found.get(key, sent_at), sent_at)
    return found


class _Unasked:
    """The same rules, of a survey that has asked nobody yet."""

    pk = 0

    def __init__(self, rules: Rules) -> None:
        self.channels = rules.channels
        self.wait_hours, self.within_hours = rules.wait_hours, rules.within_hours
        self.sample_percent, self.not_again_days = rules.sample_percent, rules.not_again_days
