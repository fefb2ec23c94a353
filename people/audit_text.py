"""Entries of the audit log, ready to be read: one sentence each, and what changed in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.template.defaultfilters import date as date_text
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from people.audit_fields import FIELDS, IDS, PERSON_FIELDS, TEAM_FIELDS, VALUES
from people.audit_words import VERBS, label_of
from people.models import AuditEntry, Person, Team

LISTED = 6  # longer lists are counted
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+([+-]\d{2}:\d{2})?)?$")


@dataclass(frozen=True)
class Change:
    """One noted field in words; `was` None where there was nothing, `became` None where nothing is left."""

    name: str
    was: str | None
    became: str | None


@dataclass(frozen=True)
class AuditRow:
    at: datetime
    day: date  # in the reader's time zone
    verb: str
    sentence: SafeString
    changes: list[Change]


def audit_rows(entries: Iterable[AuditEntry]) -> list[AuditRow]:
    """These entries in words; names of teams and people noted as ids are looked up together."""
    entries = list(entries)
    noted = [(name, value) for entry in entries for side in (entry.before, entry.after) for name, value in side.items()]
    teams = Team.objects.in_bulk([value for name, value in noted if name in TEAM_FIELDS and isinstance(value, int)])
    people = Person.objects.in_bulk([value for name, value in noted if name in PERSON_FIELDS and isinstance(value, int)])
    names = {("team", pk): str(team) for pk, team in teams.items()} | {("person", pk): str(p) for pk, p in people.items()}
    return [_row(entry, names) for entry in entries]


def _row(entry: AuditEntry, names: dict[tuple[str, int], str]) -> AuditRow:
    changes = []
    for name, was, became in entry.changes:
        if (was is None and became is None) or (name == "team" and str(became) == entry.target_id and was is None):
            continue  # said in the sentence already, or nothing at all
        changes.append(Change(str(FIELDS.get(name, name.replace("_", " "))), *(_value(name, v, names) for v in (was, became))))
    at = timezone.localtime(entry.at)
    return AuditRow(at, at.date(), entry.verb, _sentence(entry), changes)


def _sentence(entry: AuditEntry) -> SafeString:
    words = VERBS.get(entry.verb)
    if words is None:
        return format_html("{}: {} {}", _actor(entry), label_of(entry.verb), entry.target_name)
    subject = _person(entry.subject) if entry.subject else _("somebody")
    target = subject if entry.subject and entry.target_name == str(entry.subject) else format_html("<b>{}</b>", entry.target_name)
    return format_html(str(words.sentence), actor=_actor(entry), target=target, subject=subject)


def _actor(entry: AuditEntry) -> SafeString | str:
    return _person(entry.actor) if entry.actor else _("The system")


def _person(person: Person) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("person_detail", args=[person.pk]), person)


def _value(name: str, value: Any, names: dict[tuple[str, int], str]) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _list(name, value, names)
    if isinstance(value, int) and name in TEAM_FIELDS | PERSON_FIELDS:
        return names.get(("team" if name in TEAM_FIELDS else "person", value), _("no. %(n)s") % {"n": value})
    if name in IDS and isinstance(value, int):
        return _("no. %(n)s") % {"n": value}
    if isinstance(value, int | float):
        return number_format(value, use_l10n=True, force_grouping=True)
    return _text(name, str(value))


def _list(name: str, value: Sequence[Any], names: dict[tuple[str, int], str]) -> str:
    if not value:
        return _("none")
    if len(value) > LISTED or any(isinstance(item, list | dict) for item in value):
        return number_format(len(value), use_l10n=True, force_grouping=True)
    return ", ".join(str(_value(name, item, names)) for item in value)


def _text(name: str, value: str) -> str:
    if ISO_DAY.match(value):
        moment = datetime.fromisoformat(value)
        if len(value) == 10:
            return date_text(moment.date(), "j M Y")
        return date_text(timezone.localtime(moment) if moment.tzinfo else moment, "j M Y, H:i")
    if name == "sha256":
        return value[:12]
    if name == "step":
        return _("lesson") if value.startswith("lesson:") else value
    return str(VALUES.get(value, value))
