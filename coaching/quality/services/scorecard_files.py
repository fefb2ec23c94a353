"""Scorecards as JSON files: one version out, one draft in. Everything in a file is checked before anything is written."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Literal

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cms.models.standard import Standard
from coaching.quality.causes.outline import CauseInput, OutlineError, flat
from coaching.quality.models import Criterion, RootCause, Scorecard, ScorecardVersion, Section
from coaching.quality.queries.guide import guide_part, guide_parts
from coaching.quality.services.errors import QualityError
from coaching.quality.services.scorecards import (
    AnswerInput,
    CriterionInput,
    SectionInput,
    create_scorecard,
    new_version,
    save_criterion,
    save_version,
)
from people.models import Person

FORMAT = "uncommon-scorecard"
MOST_BYTES = 2_000_000
MOST_PROBLEMS = 10  # that one message lists

Share = Annotated[float, Field(ge=0, le=1)]
Key = Annotated[str, Field(pattern=r"^[-a-z0-9_]+$", max_length=60)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class AnswerPart(_Part):
    value: Share
    label: Annotated[str, Field(min_length=1, max_length=60)]
    anchor: Annotated[str, Field(min_length=1)]


class ConditionPart(_Part):
    """Asked only if the earlier criterion of this key is answered with a worth from `at_least` to `at_most`."""

    criterion: Key
    at_least: Share = 0
    at_most: Share = 1


class CausePart(_Part):
    label: Annotated[str, Field(min_length=1, max_length=80)]
    causes: Annotated[list[CausePart], Field(max_length=60)] = []


class CriterionPart(_Part):
    key: Key
    label: Annotated[str, Field(min_length=1, max_length=60)]
    question: Annotated[str, Field(min_length=1, max_length=300)]
    help: str = ""
    weight: Annotated[int, Field(ge=0, le=100)] = 10
    allow_na: bool = False
    criticality: Literal["none", "section", "review"] = "none"
    fail_below: Share = 0.5
    require_comment_below: Share | None = None
    standard: str = ""
    guideline: str = ""  # the part of the guide: slug of the page, "#", anchor of the heading
    is_bonus: bool = False
    asked_if: ConditionPart | None = None
    require_root_cause: bool = False
    root_causes: Annotated[list[CausePart], Field(max_length=60)] = []
    answers: Annotated[list[AnswerPart], Field(min_length=2, max_length=11)]


class SectionPart(_Part):
    title: Annotated[str, Field(min_length=1, max_length=120)]
    weight: Annotated[int, Field(ge=0, le=1000)] | None = None
    criteria: Annotated[list[CriterionPart], Field(max_length=100)] = []


class RulesPart(_Part):
    auto_fail: Literal["zero", "cap", "unchanged"] = "cap"
    cap: Annotated[int, Field(ge=0, le=100)] = 50
    keep_section_weight: bool = False
    acknowledgement: Literal["none", "acknowledge", "dispute"] = "dispute"
    dispute_days: Annotated[int, Field(ge=1, le=90)] = 14
    approval: Literal["none", "all", "share", "low"] = "none"
    approval_percent: Annotated[int, Field(ge=1, le=100)] = 20
    approval_below: Annotated[int, Field(ge=1, le=100)] = 70
    hold: Literal["none", "days", "weekday", "chosen"] = "none"
    hold_days: Annotated[int, Field(ge=1, le=45)] = 2
    hold_weekday: Annotated[int, Field(ge=0, le=6)] = 0
    acknowledge_days: Annotated[int, Field(ge=1, le=60)] = 5


class ScorecardPart(_Part):
    key: Key
    name: Annotated[str, Field(min_length=1, max_length=120)]
    channel: Literal["", "email", "chat", "phone", "complaint"] = ""


class ScorecardFile(_Part):
    """The file as a whole."""

    format: Literal["uncommon-scorecard"]
    version: Literal[1]
    scorecard: ScorecardPart
    rules: RulesPart = RulesPart()
    sections: Annotated[list[SectionPart], Field(max_length=50)]


def export_scorecard(version: ScorecardVersion) -> str:
    """One version as JSON, with everything that says what it asks; standards by their keys. Import makes the same of it."""
    criteria = Criterion.objects.filter(section__version=version).select_related("standard", "guideline")
    by_section: dict[int, list[CriterionPart]] = {}
    for criterion in criteria.prefetch_related("answers", "causes"):
        by_section.setdefault(criterion.section_id, []).append(_exported(criterion))
    card = version.scorecard
    whole = ScorecardFile(
        format="uncommon-scorecard",
        version=1,
        scorecard=ScorecardPart.model_validate({"key": card.key, "name": card.name, "channel": card.channel}),
        rules=RulesPart(**{name: getattr(version, name) for name in RulesPart.model_fields}),
        sections=[SectionPart(title=s.title, weight=s.weight, criteria=by_section.get(s.pk, [])) for s in version.sections.all()],
    )
    return whole.model_dump_json(indent=2) + "\n"


BY_NAME = (
    "key",
    "label",
    "question",
    "help",
    "weight",
    "allow_na",
    "criticality",
    "fail_below",
    "require_comment_below",
    "is_bonus",
    "require_root_cause",
)


def _exported(criterion: Criterion) -> CriterionPart:
    part = guide_part(criterion)
    condition = None
    if criterion.asked_if:
        condition = ConditionPart(
            criterion=criterion.asked_if, at_least=criterion.asked_at_least, at_most=criterion.asked_at_most
        )
    return CriterionPart(
        **{name: getattr(criterion, name) for name in BY_NAME},
        standard=criterion.standard.key if criterion.standard else "",
        guideline=part.name if part else "",
        asked_if=condition,
        root_causes=_tree(list(criterion.causes.all()), None),
        answers=[AnswerPart(value=a.value, label=a.label, anchor=a.anchor) for a in criterion.answers.all()],
    )


def _tree(causes: list[RootCause], parent: int | None) -> list[CausePart]:
    return [CausePart(label=cause.label, causes=_tree(causes, cause.pk)) for cause in causes if cause.parent_id == parent]


def _causes(parts: list[CausePart]) -> tuple[CauseInput, ...]:
    return tuple(CauseInput(label=part.label, causes=_causes(part.causes)) for part in parts)


def read_scorecard(content: bytes) -> ScorecardFile:
    """The file's contents. Raises QualityError that names every place that is wrong (ten at most), and what would be right there."""
    if len(content) > MOST_BYTES:
        raise QualityError(
            _("The file is larger than %(size)s MB. A scorecard is far smaller.") % {"size": MOST_BYTES // 1_000_000}
        )
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise QualityError(_("This is not a JSON file: %(error)s") % {"error": str(error)[:200]}) from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise QualityError(_('This file is not a scorecard of Uncommon: it lacks "format": "%(format)s".') % {"format": FORMAT})
    try:
        found = ScorecardFile.model_validate(raw)
    except ValidationError as error:
        problems = [f"{_place(problem['loc'])}: {problem['msg']}" for problem in error.errors()]
        raise QualityError(_("The file has mistakes. %(problems)s") % {"problems": _listed(problems)}) from error
    problems = _clashes(found)
    if problems:
        raise QualityError(_("The file has mistakes. %(problems)s") % {"problems": _listed(problems)})
    return found


def _place(location: tuple[int | str, ...]) -> str:
    """As `sections 2, criteria 1, weight`: counted from one, as people do."""
    parts: list[str] = []
    for step in location:
        if isinstance(step, int) and parts:
            parts[-1] += f" {step + 1}"
        else:
            parts.append(str(step))
    return ", ".join(parts)


def _listed(problems: list[str]) -> str:
    more = len(problems) - MOST_PROBLEMS
    return "; ".join(problems[:MOST_PROBLEMS]) + (_("; and %(n)s more") % {"n": more} if more > 0 else "")


def _clashes(found: ScorecardFile) -> list[str]:
    """What is right by itself and wrong together: keys used twice, answers of the same worth, no best or no worst answer."""
    problems, seen = [], set()
    for number, section in enumerate(found.sections, 1):
        for place, criterion in enumerate(section.criteria, 1):
            where = _("sections %(section)s, criteria %(criterion)s") % {"section": number, "criterion": place}
            if criterion.key in seen:
                problems.append(_("%(where)s: the key %(key)s is used twice") % {"where": where, "key": criterion.key})
            condition = criterion.asked_if
            if condition and condition.criterion not in seen:
                problems.append(
                    _("%(where)s: it is asked depending on %(key)s, which must come before it")
                    % {"where": where, "key": condition.criterion}
                )
            if condition and condition.at_least > condition.at_most:
                problems.append(_("%(where)s: at_least is more than at_most") % {"where": where})
            try:
                flat(_causes(criterion.root_causes))
            except OutlineError as error:
                problems.append(f"{where}: {error}")
            seen.add(criterion.key)
            values = [answer.value for answer in criterion.answers]
            if len(set(values)) != len(values):
                problems.append(_("%(where)s: two answers are worth the same") % {"where": where})
            if max(values) != 1 or min(values) != 0:
                problems.append(_("%(where)s: the best answer is worth 1 and the worst 0") % {"where": where})
    return problems


@transaction.atomic
def import_scorecard(*, actor: Person | None, content: bytes, now: datetime) -> tuple[ScorecardVersion, list[str]]:
    """(a draft made of the file, standards and parts of the guide that are not here): a new scorecard, or the next version of its own.

    Nothing is published, nothing of what stands is changed. Raises QualityError for a file that cannot be read, and where a draft of that
    scorecard is open already.
    """
    wish = read_scorecard(content)
    scorecard = Scorecard.objects.filter(key=wish.scorecard.key).first()
    if scorecard is None:
        card = wish.scorecard
        scorecard = create_scorecard(actor=actor, name=card.name, key=card.key, channel=card.channel, now=now)
        version = scorecard.versions.get()
    else:
        version = new_version(actor=actor, scorecard=scorecard, now=now)
        Section.objects.filter(version=version).delete()
    version = save_version(
        actor=actor,
        version=version,
        sections=[
            SectionInput(title=section.title, order=order, weight=section.weight)
            for order, section in enumerate(wish.sections, 1)
        ],
        now=now,
        **wish.rules.model_dump(),
    )
    return version, _fill(actor, version, wish, now)


def _fill(actor: Person | None, version: ScorecardVersion, wish: ScorecardFile, now: datetime) -> list[str]:
    """Write the criteria of the file into the empty sections of the draft; what it points to and is not here."""
    criteria = [criterion for section in wish.sections for criterion in section.criteria]
    keys = {criterion.standard for criterion in criteria if criterion.standard}
    standards = dict(Standard.objects.filter(key__in=keys).values_list("key", "pk"))
    names = {criterion.guideline for criterion in criteria if criterion.guideline}
    parts = {part.name: part for part in guide_parts()} if names else {}
    missing = keys - set(standards)
    made = list(Section.objects.filter(version=version).select_related("version").order_by("order", "pk"))
    for section, in_file in zip(made, wish.sections, strict=True):
        for order, criterion in enumerate(in_file.criteria, 1):
            standard, part = standards.get(criterion.standard), parts.get(criterion.guideline)
            if part is not None and standard not in part.module.standard_ids():
                part = None
            if criterion.guideline and part is None:
                missing.add(criterion.guideline)
            condition = criterion.asked_if
            save_criterion(
                actor=actor,
                section=section,
                wish=CriterionInput(
                    **{name: getattr(criterion, name) for name in BY_NAME},
                    order=order,
                    answers=[AnswerInput(**answer.model_dump()) for answer in criterion.answers],
                    standard_id=standard,
                    guideline_id=part.module.pk if part else None,
                    paragraph=part.block if part else "",
                    asked_if=condition.criterion if condition else "",
                    asked_at_least=condition.at_least if condition else 0,
                    asked_at_most=condition.at_most if condition else 1,
                    causes=_causes(criterion.root_causes),
                ),
                now=now,
            )
    return sorted(missing)
