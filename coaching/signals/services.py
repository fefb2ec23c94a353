"""What people do with signals: see, dismiss, silence, act; change the thresholds; note what happened."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coaching.signals.models import Annotation, Signal, SignalSettings
from coaching.signals.raising import ensure_settings, raise_signals
from people.audit import record
from people.models import Person, Team

__all__ = [
    "SignalError",
    "act_on_signal",
    "add_annotation",
    "change_settings",
    "dismiss_signal",
    "mute_signal",
    "raise_signals",
    "remove_annotation",
    "reopen_signal",
    "see_signal",
]

THRESHOLDS = (
    "metrics", "baseline_weeks", "window_from", "window_to", "ratings_wanted", "margin", "tau", "suggest", "watch", "mute_weeks",
)  # fmt: skip
MOST_MUTE_WEEKS = 52


class SignalError(Exception):
    """A wish about a signal that cannot be met; the message says why and what to do."""


def _held(signal: Signal) -> Signal:
    return Signal.objects.select_for_update().get(pk=signal.pk)


def _move(actor: Person, signal: Signal, state: str, verb: str, now: datetime, reason: str = "") -> Signal:
    before = signal.state
    signal.state, signal.state_by, signal.state_at, signal.reason = state, actor, now, reason
    signal.save(update_fields=["state", "state_by", "state_at", "reason"])
    record(
        actor=actor, verb=verb, target=signal, subject=signal.person, before={"state": before}, after={"state": state}, now=now
    )
    return signal


@transaction.atomic
def see_signal(*, actor: Person, signal: Signal, now: datetime) -> Signal:
    """Note that somebody has taken notice. It stays open. Changes nothing where it is no longer new."""
    signal = _held(signal)
    if signal.state != Signal.State.NEW:
        return signal
    return _move(actor, signal, Signal.State.SEEN, "signal.see", now)


@transaction.atomic
def dismiss_signal(*, actor: Person, signal: Signal, reason: str, now: datetime) -> Signal:
    """Close it with a reason, which the person it is about reads too. Raises SignalError without one, or where it is closed."""
    signal = _held(signal)
    if not signal.is_open:
        raise SignalError(_("This signal is closed already."))
    if not reason.strip():
        raise SignalError(_("Say why you dismiss it: the person it is about reads the reason."))
    return _move(actor, signal, Signal.State.DISMISSED, "signal.dismiss", now, reason.strip())


@transaction.atomic
def act_on_signal(*, actor: Person, signal: Signal, note: str = "", now: datetime) -> Signal:
    """Close it because something was done about it. Raises SignalError where it is closed."""
    signal = _held(signal)
    if not signal.is_open:
        raise SignalError(_("This signal is closed already."))
    return _move(actor, signal, Signal.State.ACTED, "signal.act", now, note.strip())


@transaction.atomic
def reopen_signal(*, actor: Person, signal: Signal, now: datetime) -> Signal:
    """Undo a dismissal or an "acted upon". Raises SignalError where it is open."""
    signal = _held(signal)
    if signal.is_open:
        raise SignalError(_("This signal is open."))
    return _move(actor, signal, Signal.State.SEEN, "signal.reopen", now)


@transaction.atomic
def mute_signal(*, actor: Person, signal: Signal, weeks: int, now: datetime) -> Signal:
    """Hide it for that many weeks from today on, and raise nothing of its kind about the same person or team until then.

    Zero weeks end the silence. Raises SignalError for less than 0 or more than 52 weeks.
    """
    if not 0 <= weeks <= MOST_MUTE_WEEKS:
        raise SignalError(_("Choose between 0 and %(most)s weeks.") % {"most": MOST_MUTE_WEEKS})
    signal = _held(signal)
    before = signal.silenced_until
    usual = signal.raised_on + timedelta(weeks=signal.run.settings.mute_weeks)
    until = timezone.localdate(now) + timedelta(weeks=weeks) if weeks else None
    signal.silenced_until, signal.muted_until = until, max(usual, until or usual)
    signal.save(update_fields=["silenced_until", "muted_until"])
    record(
        actor=actor,
        verb="signal.mute",
        target=signal,
        subject=signal.person,
        before={"until": before.isoformat() if before else None},
        after={"until": until.isoformat() if until else None},
        now=now,
    )
    return signal


@transaction.atomic
def change_settings(*, actor: Person, now: datetime, **thresholds: Any) -> SignalSettings:
    """Put the next version of the thresholds in force; what is not given stays. Equal ones add no version.

    Raises SignalError for an unknown threshold or an impossible one. Signals raised before keep what they were raised with.
    """
    unknown = set(thresholds) - set(THRESHOLDS)
    if unknown:
        raise SignalError(_("There is no threshold %(names)s.") % {"names": ", ".join(sorted(unknown))})
    current = SignalSettings.objects.select_for_update().get(pk=ensure_settings(now).pk)
    before = {name: getattr(current, name) for name in THRESHOLDS}
    wanted = before | thresholds
    problem = impossible(wanted)
    if problem:
        raise SignalError(problem)
    if wanted == before:
        return current
    made = SignalSettings.objects.create(version=current.version + 1, created_at=now, created_by=actor, **wanted)
    changed = [name for name in THRESHOLDS if wanted[name] != before[name]]
    record(
        actor=actor,
        verb="signal.change_settings",
        target=made,
        before={name: before[name] for name in changed},
        after={"version": made.version} | {name: wanted[name] for name in changed},
        now=now,
    )
    return made


def impossible(wanted: dict[str, Any]) -> str:
    """Why thresholds cannot be; empty where they can."""
    if not 1 <= wanted["window_from"] <= wanted["window_to"] <= 26:
        return _("The shortest window must not be longer than the longest one, and none longer than 26 weeks.")
    if not 4 <= wanted["baseline_weeks"] <= 52:
        return _("The own normal is learned from 4 to 52 weeks.")
    if not 30 <= wanted["ratings_wanted"] <= 2000:
        return _("Ask for 30 to 2,000 ratings in the window.")
    if not 0.005 <= wanted["margin"] <= 0.3 or not 0.005 <= wanted["tau"] <= 0.3:
        return _("Shifts lie between half a point and 30 points.")
    if not 0.5 <= wanted["watch"] <= wanted["suggest"] <= 0.999:
        return _("“Suggest” must ask for at least as much certainty as “watch”, and both for 50 to 99.9 percent.")
    if not 1 <= wanted["mute_weeks"] <= 52:
        return _("The silence after a signal lasts 1 to 52 weeks.")
    return ""


@transaction.atomic
def add_annotation(
    *,
    actor: Person,
    kind: str,
    text: str,
    first: date,
    last: date | None,
    team: Team | None = None,
    person: Person | None = None,
    now: datetime,
) -> Annotation:
    """Note what happened, for the charts of a team, of one person, or of everybody where neither is named.

    Raises SignalError where the last day lies before the first, or both a team and a person are named.
    """
    last = last or first
    if last < first:
        raise SignalError(_("The first day lies after the last one. Swap them."))
    if team and person:
        raise SignalError(_("Choose a team or a person, not both."))
    note = Annotation.objects.create(
        kind=kind, text=text.strip(), first=first, last=last, team=team, person=person, created_by=actor, created_at=now
    )
    after = {"kind": kind, "team": team.pk if team else None}
    record(actor=actor, verb="annotation.add", target=note, subject=person, after=after, now=now)
    return note


@transaction.atomic
def remove_annotation(*, actor: Person, annotation: Annotation, now: datetime) -> None:
    """Take a note off the charts."""
    before = {"kind": annotation.kind, "team": annotation.team_id}
    record(actor=actor, verb="annotation.remove", target=annotation, subject=annotation.person, before=before, now=now)
    annotation.delete()
