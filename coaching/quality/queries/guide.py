"""What a criterion rests on in the guide: its standard, one part of a guideline module, and both as they read on a past day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import strip_tags
from wagtail.models import Revision

from cms.models.guideline import GuidelineModule, section_anchor
from cms.queries import published_guideline_modules
from coaching.quality.models import Criterion, Review
from coaching.quality.queries.card import Card, Reading

STANDARD, GUIDELINE = "standard", "guideline"
# Texts of blocks that are read; ids, images and files are not words.
UNREAD = {"id", "type", "image", "file", "subtitles", "speaker", "standards"}


@dataclass(frozen=True)
class GuidePart:
    """One headed part of a guideline module; an empty heading means the page as a whole."""

    module: GuidelineModule
    block: str
    heading: str

    @property
    def url(self) -> str:
        """Empty where the page is not published."""
        if not self.module.live:
            return ""
        return f"{self.module.url}#{section_anchor(self.heading)}" if self.heading else str(self.module.url)

    @property
    def name(self) -> str:
        """As a file names it: the page's slug and the part's anchor."""
        return f"{self.module.slug}#{section_anchor(self.heading)}" if self.heading else str(self.module.slug)


def parts_of(module: GuidelineModule) -> list[GuidePart]:
    """The headed parts of a page, in order."""
    return [GuidePart(module, str(b["id"]), str(b["value"])) for b in module.body.raw_data if b["type"] == "section"]


def guide_parts() -> list[GuidePart]:
    """Every headed part of every published guideline module, in reading order."""
    return [part for module in published_guideline_modules() for part in parts_of(module)]


def guide_part(criterion: Criterion) -> GuidePart | None:
    """The part this criterion rests on, under its heading of today; the page where the part is gone from it."""
    if criterion.guideline is None:
        return None
    module = criterion.guideline
    found = [part for part in parts_of(module) if part.block == criterion.paragraph]
    return found[0] if found else GuidePart(module, "", "")


def revisions_in_force(criteria: Iterable[Criterion]) -> dict[str, dict[str, int]]:
    """The published revision of every standard and guideline module these rest on, by id; to be kept with a review."""
    found: dict[str, dict[str, int]] = {STANDARD: {}, GUIDELINE: {}}
    for criterion in criteria:
        for kind, source in ((STANDARD, criterion.standard), (GUIDELINE, criterion.guideline)):
            if source is not None and source.live_revision_id is not None:
                found[kind][str(source.pk)] = source.live_revision_id
    return {kind: revisions for kind, revisions in found.items() if revisions}


def add_readings(card: Card) -> None:
    """Give each row what it rested on where the guide reads differently by now."""
    readings = read_then(card.review, (row.criterion for row in card.rows))
    for row in card.rows:
        row.readings = readings.get(row.criterion.pk, [])


def read_then(review: Review, criteria: Iterable[Criterion]) -> dict[int, list[Reading]]:
    """By criterion, what it rests on as it read when the review was published, where it reads differently today.

    One query, and none where nothing has changed.
    """
    wanted: dict[int, list[tuple[Criterion, str]]] = {}
    for criterion in criteria:
        for kind, source in ((STANDARD, criterion.standard), (GUIDELINE, criterion.guideline)):
            then = review.guide_revisions.get(kind, {}).get(str(source.pk)) if source is not None else None
            if source is not None and then is not None and then != source.live_revision_id:
                wanted.setdefault(then, []).append((criterion, kind))
    if not wanted:
        return {}
    found: dict[int, list[Reading]] = {}
    revisions = Revision.objects.in_bulk(wanted)
    for pk, resting in wanted.items():  # in the order in which they are asked, the standard before the guide
        for criterion, kind in resting:
            if pk not in revisions:
                continue
            revision = revisions[pk]
            reading = _standard_then(revision) if kind == STANDARD else _part_then(revision, criterion.paragraph)
            today = criterion.standard.behaviour if kind == STANDARD and criterion.standard else None
            if reading.text and reading.text != today:
                found.setdefault(criterion.pk, []).append(reading)
    return found


def _standard_then(revision: Revision) -> Reading:
    return Reading(revision.content.get("title", ""), revision.content.get("behaviour", ""))


def _part_then(revision: Revision, paragraph: str) -> Reading:
    """The words of one part: from its heading to the next, without markup."""
    title, inside, lines = str(revision.content.get("title", "")), False, list[str]()
    for block in json.loads(revision.content.get("body", "[]")):
        if block["type"] == "section":
            inside = block.get("id") == paragraph
            title = str(block["value"]) if inside else title
        elif inside:
            lines += _words(block["value"])
    return Reading(title, "\n".join(lines))


def _words(value: object) -> list[str]:
    if isinstance(value, str):
        text = strip_tags(value.replace("</p>", "\n").replace("</li>", "\n")).strip()
        return [text] if text else []
    if isinstance(value, dict):
        return [words for key, part in value.items() if key not in UNREAD for words in _words(part)]
    if isinstance(value, list):
        return [words for part in value for words in _words(part)]
    return []
