"""Scorecards to start from that come with the product: files in the format that scorecards are exported in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.quality.models import Scorecard, ScorecardVersion
from coaching.quality.services.errors import QualityError
from coaching.quality.services.scorecard_files import ScorecardFile, import_scorecard, read_scorecard
from people.models import Person

FOLDER = Path(__file__).resolve().parent.parent / "scorecard_templates"
ABOUT: dict[str, str | Promise] = {
    "email": gettext_lazy("For written answers that are read once and have to last: complete, correct, settled in one reply."),
    "chat": gettext_lazy("For conversations side by side: never leaving somebody alone, one idea a message, solved in the chat."),
    "phone": gettext_lazy("For calls: listening to the end, holds and silences, deciding on the spot, agreeing on what follows."),
    "complaint": gettext_lazy(
        "For complaints on any channel: taken seriously, looked into, put right, and passed on to whoever removes the cause."
    ),
}


@dataclass(frozen=True)
class ScorecardTemplate:
    name: str
    about: str | Promise
    file: ScorecardFile

    @property
    def title(self) -> str:
        return self.file.scorecard.name

    @property
    def criteria(self) -> int:
        return sum(len(section.criteria) for section in self.file.sections)


@cache
def _content(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


def scorecard_templates() -> list[ScorecardTemplate]:
    """Every template that comes with the product."""
    return [ScorecardTemplate(name, about, read_scorecard(_content(name))) for name, about in ABOUT.items()]


@transaction.atomic
def start_from_template(*, actor: Person | None, name: str, now: datetime) -> tuple[ScorecardVersion, list[str]]:
    """(a new scorecard as a draft, standards and parts of the guide that are not here). Started again, it gets a number.

    Raises QualityError where there is no such template.
    """
    if name not in ABOUT:
        raise QualityError(_("There is no such template. Choose one from the list."))
    whole = json.loads(_content(name))
    card = whole["scorecard"]
    taken = set(Scorecard.objects.filter(key__startswith=card["key"]).values_list("key", flat=True))
    number = next(n for n in range(1, len(taken) + 2) if _numbered(card["key"], n) not in taken)
    if number > 1:
        card |= {"key": _numbered(card["key"], number), "name": f"{card['name']} ({number})"}
    return import_scorecard(actor=actor, content=json.dumps(whole).encode(), now=now)


def _numbered(key: str, number: int) -> str:
    return key if number == 1 else f"{key}-{number}"
